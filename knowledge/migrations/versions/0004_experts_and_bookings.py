"""Experts, slots and bookings"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EXCLUSION = (
    "ALTER TABLE claim ADD CONSTRAINT ex_claim_once EXCLUDE USING gist"
    " (int8range(lane * 4294967296 + first_minute, lane * 4294967296 + last_minute) WITH &&)"
)


def upgrade() -> None:
    """Apply."""

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("first_minute", sa.BigInteger(), nullable=False),
        sa.Column("last_minute", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_claim_expires_at", "claim", ["expires_at"])
    op.create_index("ix_claim_holder", "claim", ["holder"])
    op.create_index("ix_claim_lane", "claim", ["lane", "first_minute"])
    op.create_table(
        "expert",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profession", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("prefecture", sa.String(), nullable=False),
        sa.Column("registration", sa.String(), nullable=False),
        sa.Column("in_house_office", sa.String(), nullable=True),
        sa.Column("named_by_inpit", sa.Boolean(), nullable=False),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_expert_profession", "expert", ["profession"])
    op.create_table(
        "expert_allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("budget_yen", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("office", "fiscal_year", name="uq_expert_allowance"),
    )
    op.create_table(
        "expert_use",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("expert_id", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("cost_yen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("override_by", sa.String(), nullable=True),
        sa.Column("override_reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_index("ix_expert_use_expert_id", "expert_use", ["expert_id"])
    op.create_index("ix_expert_use_fiscal_year", "expert_use", ["fiscal_year"])
    op.create_index("ix_expert_use_office", "expert_use", ["office"])
    op.create_table(
        "inpit_instruction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("party_hash", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("office", "party_hash", name="uq_inpit_instruction"),
    )
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("profession", sa.String(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("hold_hash", sa.String(), nullable=True),
        sa.Column("offered_slot", sa.String(), nullable=True),
        sa.Column("offered_until", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index("ix_waiting_entry_hold_hash", "waiting_entry", ["hold_hash"])
    op.create_index("ix_waiting_entry_office", "waiting_entry", ["office"])
    op.create_table(
        "claim_cell",
        sa.Column("lane", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lane", "cell"),
    )
    op.create_index("ix_claim_cell_claim_id", "claim_cell", ["claim_id"])
    op.create_table(
        "expert_conflict",
        sa.Column("expert_id", sa.String(), nullable=False),
        sa.Column("party_hash", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("expert_id", "party_hash"),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("prefecture", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.String(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("expert_id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_resource_office", "resource", ["office"])
    op.create_table(
        "booking",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("expert_id", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("profession", sa.String(), nullable=True),
        sa.Column("ring", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("prefecture", sa.String(), nullable=False),
        sa.Column("party_hash", sa.String(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("abstract", sa.LargeBinary(), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("consent_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
        ),
        sa.PrimaryKeyConstraint("reference"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_booking_conversation_id", "booking", ["conversation_id"])
    op.create_index("ix_booking_expert_id", "booking", ["expert_id"])
    op.create_index("ix_booking_office", "booking", ["office"])
    op.create_index("ix_booking_resource_id", "booking", ["resource_id"])
    op.create_index("ix_booking_starts_at", "booking", ["starts_at"])
    op.create_index("ix_booking_status", "booking", ["status"])
    op.create_table(
        "calendar_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.String(), nullable=True),
        sa.Column("closes", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("resource_id", "day", name="uq_calendar_exception"),
    )
    op.create_table(
        "regular_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("professions", sa.JSON(), nullable=False),
        sa.Column("expert_ids", sa.JSON(), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("resource_id"),
    )
    op.create_index("ix_regular_session_starts_at", "regular_session", ["starts_at"])
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("closes", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("buffer", sa.Integer(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_weekly_hours_resource_id", "weekly_hours", ["resource_id"])
    op.create_table(
        "booking_outcome",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("advised", sa.JSON(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["booking.reference"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(EXCLUSION)


def downgrade() -> None:
    """Undo."""
    for table in (
        "booking_outcome",
        "weekly_hours",
        "regular_session",
        "calendar_exception",
        "booking",
        "resource",
        "expert_conflict",
        "claim_cell",
        "waiting_entry",
        "inpit_instruction",
        "expert_use",
        "expert_allowance",
        "expert",
        "claim",
    ):
        op.drop_table(table)
