"""Corrections, training runs and releases"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONTENT = ("programme", "article", "desk")


def upgrade() -> None:
    """Apply."""
    for table in CONTENT:
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false())
            )
    op.create_table(
        "content_version",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.String(), primary_key=True),
        _message(nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("wants", sa.JSON(), nullable=False),
        sa.Column("need", sa.String(), nullable=True),
        sa.Column("asker", sa.String(), nullable=True),
        sa.Column("judgement", sa.Boolean(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("ix_correction_message_id", "correction", ["message_id"])
    op.create_index("ix_correction_state", "correction", ["state", "proposed_at"])
    op.create_table(
        "message_review",
        _message(primary_key=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "audit_pick",
        _message(primary_key=True),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_audit_pick_month", "audit_pick", ["month"])
    _runs_and_releases()


def _runs_and_releases() -> None:
    op.create_table(
        "training_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_name", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
    )
    op.create_index("ix_training_run_state", "training_run", ["state"])
    op.create_table(
        "model_release",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("shipped", sa.String(), nullable=False),
        sa.Column("data_hash", sa.String(), nullable=False),
        sa.Column("config_hash", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("trained_at", sa.DateTime(), nullable=False),
        sa.Column("trained_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
    )
    op.create_index("ix_model_release_model_id", "model_release", ["model_id"])
    op.create_index("ix_model_release_state", "model_release", ["state"])
    op.create_table(
        "release_event",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("override", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.UniqueConstraint("release", "kind", "at", name="uq_release_event"),
    )
    op.create_index("ix_release_event_release", "release_event", ["release"])


def _message(*, primary_key: bool = False, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(
        "message_id",
        sa.String(),
        sa.ForeignKey("message.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=nullable,
    )


def downgrade() -> None:
    """Undo."""
    for table in ("release_event", "model_release", "training_run", "audit_pick"):
        op.drop_table(table)
    for table in ("message_review", "correction", "content_version"):
        op.drop_table(table)
    for table in CONTENT:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("hidden")
