"""Drives as things: boot sticks, boxes, destructions that a second person confirms, and the second IMEI of a phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("devices", sa.Column("imei2", sa.String(15)))
    op.create_index("ix_devices_imei", "devices", ["imei"])
    op.create_index("ix_devices_imei2", "devices", ["imei2"])
    op.add_column("drives", sa.Column("boot_stick_at", MOMENT))
    op.add_column("drives", sa.Column("boot_stick_by", sa.Integer()))
    op.add_column("drives", sa.Column("place_code", sa.String(8)))
    op.add_column("drives", sa.Column("placed_at", MOMENT))
    op.create_index("ix_drives_place_code", "drives", ["place_code"])
    op.add_column("storage_declarations", sa.Column("slip", sa.String(60)))
    op.add_column("storage_declarations", sa.Column("confirmed_at", MOMENT))
    op.add_column("storage_declarations", sa.Column("confirmed_by", sa.Integer()))
    op.add_column("storage_declarations", sa.Column("refused_at", MOMENT))
    op.add_column("storage_declarations", sa.Column("refused_by", sa.Integer()))
    # Of the time when one person's word was enough: they stay what they were, and name nobody who confirmed them.
    op.execute("UPDATE storage_declarations SET confirmed_at = declared_at WHERE kind = 'destroyed'")
    op.create_table(
        "destruction_photos",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["storage_declarations.id"],
            name="fk_destruction_photos_declaration_id_storage_declarations",
        ),
        sa.PrimaryKeyConstraint("declaration_id", name="pk_destruction_photos"),
    )


def downgrade() -> None:
    """What nobody confirmed must not count where no confirmation is asked for, so it is forgotten."""
    op.drop_table("destruction_photos")
    op.execute(
        "DELETE FROM storage_declarations WHERE kind IN ('lock_free', 'lock_found')"
        " OR (kind = 'destroyed' AND confirmed_at IS NULL)"
    )
    for column in ("refused_by", "refused_at", "confirmed_by", "confirmed_at", "slip"):
        op.drop_column("storage_declarations", column)
    op.drop_index("ix_drives_place_code", "drives")
    for column in ("placed_at", "place_code", "boot_stick_by", "boot_stick_at"):
        op.drop_column("drives", column)
    op.drop_index("ix_devices_imei2", "devices")
    op.drop_index("ix_devices_imei", "devices")
    op.drop_column("devices", "imei2")
