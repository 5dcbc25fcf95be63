"""How long a scanning mode may rest: chosen by the workshop, held by each batch from when it was opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision: str | None = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bench_habits", sa.Column("mode_minutes", sa.Integer(), server_default="15", nullable=False)
    )
    op.add_column(
        "scan_batches", sa.Column("idle_minutes", sa.Integer(), server_default="15", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("scan_batches", "idle_minutes")
    op.drop_column("bench_habits", "mode_minutes")
