"""One-time numbers that link an account of LINE with a case"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "line_link",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_line_link_reference", "line_link", ["reference"])
    op.create_index("ix_line_link_until", "line_link", ["until"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("line_link")
