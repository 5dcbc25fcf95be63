"""Places, and which device is where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_locations_site_id"),
        sa.ForeignKeyConstraint(["code"], ["tags.code"], name="fk_locations_code"),
        sa.ForeignKeyConstraint(["parent_id"], ["locations.id"], name="fk_locations_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_locations"),
        sa.UniqueConstraint("code", name="uq_locations_code"),
        sa.UniqueConstraint("site_id", "name", name="uq_locations_site_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_locations_parent_id", "locations", ["parent_id"])
    op.create_table(
        "placements",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_placements_device_id"),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_placements_location_id"),
        sa.PrimaryKeyConstraint("device_id", name="pk_placements"),
    )
    op.create_index("ix_placements_location_id", "placements", ["location_id"])


def downgrade() -> None:
    op.drop_table("placements")
    op.drop_table("locations")
