"""Devices, the tags that name them, their flags and accessories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("manufacturer", sa.Text()),
        sa.Column("model", sa.Text()),
        sa.Column("serial", sa.Text()),
        sa.Column("serial_key", sa.Text()),
        sa.Column("imei", sa.String(15)),
        sa.Column("weight_g", sa.Integer()),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("stage_since", MOMENT, nullable=False),
        sa.Column("arrived_at", MOMENT),
        sa.Column("grade", sa.String(32)),
        sa.Column("specification", JSON, nullable=False),
        sa.Column("merged_into_id", sa.Integer()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_devices_site_id"),
        sa.ForeignKeyConstraint(["merged_into_id"], ["devices.id"], name="fk_devices_merged_into_id"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("code", name="uq_devices_code"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_devices_site_id", "devices", ["site_id"])
    op.create_index("ix_devices_serial_key", "devices", ["serial_key"])
    op.create_index("ix_devices_stage_since", "devices", ["stage", "stage_since"])
    op.create_index("ix_devices_type_stage", "devices", ["type", "stage"])
    op.create_table(
        "tags",
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("device_id", sa.Integer()),
        sa.Column("replaced_by", sa.String(8)),
        sa.Column("minted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_tags_device_id"),
        sa.ForeignKeyConstraint(["replaced_by"], ["tags.code"], name="fk_tags_replaced_by"),
        sa.PrimaryKeyConstraint("code", name="pk_tags"),
    )
    op.create_index("ix_tags_device_id", "tags", ["device_id"])
    op.create_table(
        "device_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("flag", sa.String(32), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("raised_by", sa.Integer()),
        sa.Column("cleared_at", MOMENT),
        sa.Column("cleared_by", sa.Integer()),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_device_flags_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_device_flags"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_device_flags_open",
        "device_flags",
        ["device_id", "flag"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "accessories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("packed_at", MOMENT),
        sa.Column("packed_by", sa.Integer()),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_accessories_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_accessories"),
        sa.UniqueConstraint("device_id", "kind", name="uq_accessories_device_id_kind"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("accessories", "device_flags", "tags", "devices"):
        op.drop_table(table)
