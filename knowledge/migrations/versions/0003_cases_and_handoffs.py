"""Cases, handoffs, who speaks, calendars, emergency switches"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "canned_text",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_canned_text_office", "canned_text", ["office"], unique=False)
    op.create_table(
        "case_sheet",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ongoing", sa.Boolean(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("prefecture", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("company_hash", sa.String(), nullable=True),
        sa.Column("accelerated", sa.Boolean(), nullable=False),
        sa.Column("good_case", sa.Boolean(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("raised", sa.Boolean(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=True),
        sa.Column("exits_offered", sa.Boolean(), nullable=False),
        sa.Column("proposed_office", sa.String(), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("assignee_name", sa.String(), nullable=True),
        sa.Column("queue_no", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("reference"),
        sa.UniqueConstraint("conversation_id"),
    )
    op.create_index("ix_case_assignee", "case_sheet", ["assignee", "state"], unique=False)
    op.create_index("ix_case_due", "case_sheet", ["due_on", "reference"], unique=False)
    op.create_index(
        "ix_case_inbox",
        "case_sheet",
        ["office", "state", "rank", "since", "reference"],
        unique=False,
    )
    op.create_index(
        "ix_case_office_recent", "case_sheet", ["office", "last_at", "reference"], unique=False
    )
    op.create_index("ix_case_queue", "case_sheet", ["office", "state", "queue_no"], unique=False)
    op.create_index("ix_case_recent", "case_sheet", ["last_at", "reference"], unique=False)
    op.create_index("ix_case_waiting", "case_sheet", ["rank", "since"], unique=False)
    op.create_index("ix_case_ongoing", "case_sheet", ["ongoing", "rank", "since"], unique=False)
    op.create_index("ix_case_sheet_company_hash", "case_sheet", ["company_hash"], unique=False)
    op.create_index(
        "ix_case_state_inbox", "case_sheet", ["state", "rank", "since", "reference"], unique=False
    )
    op.create_index(
        "ix_case_state_recent", "case_sheet", ["state", "last_at", "reference"], unique=False
    )
    op.create_table(
        "case_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("good_case", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_tally_month", "case_tally", ["month"], unique=False)
    op.create_table(
        "correction_hint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("from_desk", sa.String(), nullable=False),
        sa.Column("to_desk", sa.String(), nullable=False),
        sa.Column("topic_before", sa.String(), nullable=False),
        sa.Column("topic_after", sa.String(), nullable=True),
        sa.Column("model_release", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_correction_hint_reference", "correction_hint", ["reference"], unique=False)
    op.create_table(
        "emergency_switch",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "hash_key",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "office_day",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stretches", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day"),
    )
    op.create_table(
        "office_hours",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office"),
    )
    op.create_table(
        "office_notice",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("mail", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office"),
    )
    op.create_table(
        "queue_ticket",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("next_no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office"),
    )
    op.create_table(
        "subscription",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "case_draft",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference", "staff_id"),
    )
    op.create_table(
        "case_label",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference", "label"),
    )
    op.create_index("ix_case_label_label", "case_label", ["label", "reference"], unique=False)
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "case_outcome",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sales", sa.String(), nullable=True),
        sa.Column("profit", sa.String(), nullable=True),
        sa.Column("investment", sa.String(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_table(
        "case_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_party_hash", "case_party", ["hash", "role"], unique=False)
    op.create_index("ix_case_party_reference", "case_party", ["reference"], unique=False)
    op.create_table(
        "case_survey",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_index("ix_case_survey_office", "case_survey", ["office"], unique=False)
    op.create_table(
        "handoff_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["reference"], ["case_sheet.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handoff_event_case", "handoff_event", ["reference", "id"], unique=False)
    op.create_index(
        "ix_handoff_event_office", "handoff_event", ["office", "kind", "at"], unique=False
    )
    op.create_table(
        "ownership_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_ownership_conversation", "ownership_change", ["conversation_id", "id"], unique=False
    )
    op.add_column("conversation", sa.Column("memory", sa.LargeBinary(), nullable=True))
    op.add_column(
        "delivery", sa.Column("unclear_tries", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("message", sa.Column("staff_id", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("message", "staff_id")
    op.drop_column("delivery", "unclear_tries")
    op.drop_column("conversation", "memory")
    op.drop_table("ownership_change")
    op.drop_table("handoff_event")
    op.drop_table("case_survey")
    op.drop_table("case_party")
    op.drop_table("case_outcome")
    op.drop_table("case_note")
    op.drop_table("case_label")
    op.drop_table("case_draft")
    op.drop_table("subscription")
    op.drop_table("queue_ticket")
    op.drop_table("office_notice")
    op.drop_table("office_hours")
    op.drop_table("office_day")
    op.drop_table("hash_key")
    op.drop_table("emergency_switch")
    op.drop_table("correction_hint")
    op.drop_table("case_tally")
    op.drop_table("case_sheet")
    op.drop_table("canned_text")
