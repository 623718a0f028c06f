"""Searches that found nothing, learning curves"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("training_run") as batch:
        batch.add_column(
            sa.Column("kind", sa.String(), nullable=False, server_default=sa.text("'model'"))
        )
    op.create_table(
        "search_miss",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_search_miss_at", "search_miss", ["at"])
    op.create_table(
        "learning_curve",
        sa.Column("run_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("data_hash", sa.String(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("learning_curve")
    op.drop_table("search_miss")
    with op.batch_alter_table("training_run") as batch:
        batch.drop_column("kind")
