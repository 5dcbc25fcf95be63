"""Uploads that come in several parts, and runs that a second file tells again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_uploads", sa.Column("key", sa.String(36)))
    op.create_index("ix_report_uploads_key", "report_uploads", ["key"], unique=True)
    op.create_table(
        "run_repeats",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("wipe_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report_files.id"], name="fk_run_repeats_report_id_report_files"
        ),
        sa.ForeignKeyConstraint(["wipe_id"], ["wipes.id"], name="fk_run_repeats_wipe_id_wipes"),
        sa.PrimaryKeyConstraint("report_id", "place", name="pk_run_repeats"),
    )
    op.create_index("ix_run_repeats_wipe_id", "run_repeats", ["wipe_id"])


def downgrade() -> None:
    op.drop_table("run_repeats")
    op.drop_index("ix_report_uploads_key", "report_uploads")
    op.drop_column("report_uploads", "key")
