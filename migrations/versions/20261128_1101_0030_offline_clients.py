"""Scans of phones without network: who scanned where somebody else sent them, and those that wait for a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision: str | None = "0029"
branch_labels = None
depends_on = None

TROUBLES = sa.text("client IS NOT NULL AND dismissed_at IS NULL AND verdict IN ('refused', 'conflict')")


def upgrade() -> None:
    op.add_column("scans", sa.Column("scanned_by", sa.Integer()))
    op.create_index("ix_scans_troubles", "scans", ["device_id", "id"],
                    sqlite_where=TROUBLES, postgresql_where=TROUBLES)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_scans_troubles", "scans")
    op.drop_column("scans", "scanned_by")
