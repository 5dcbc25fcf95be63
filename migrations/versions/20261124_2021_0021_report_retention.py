"""What was read of a report is kept beside it, so that the file itself can be deleted after its time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("report_files", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("content", existing_type=sa.LargeBinary(), nullable=True)
        batch.add_column(sa.Column("content_deleted_at", MOMENT))
        batch.add_column(sa.Column("reading", JSON))


def downgrade() -> None:
    """A file whose time was over comes back empty: what was deleted stays deleted."""
    op.execute(
        sa.text("UPDATE report_files SET content = :empty WHERE content IS NULL").bindparams(empty=b"")
    )
    with op.batch_alter_table("report_files", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_column("reading")
        batch.drop_column("content_deleted_at")
        batch.alter_column("content", existing_type=sa.LargeBinary(), nullable=False)
