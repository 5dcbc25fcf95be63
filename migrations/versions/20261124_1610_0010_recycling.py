"""The slips under which devices left for recycling."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recycling_slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(60)),
        sa.Column("recycler", sa.String(200)),
        sa.Column("recycler_key", sa.String(200), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_recycling_slips_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recycling_slips"),
        sa.UniqueConstraint("number", "recycler_key", name="uq_recycling_slips_number_recycler_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recycled_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(["slip_id"], ["recycling_slips.id"], name="fk_recycled_devices_slip_id"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_recycled_devices_device_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["history_entries.id"], name="fk_recycled_devices_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recycled_devices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recycled_devices_slip_id", "recycled_devices", ["slip_id"])
    op.create_index("ix_recycled_devices_device_id", "recycled_devices", ["device_id"])


def downgrade() -> None:
    op.drop_table("recycled_devices")
    op.drop_table("recycling_slips")
