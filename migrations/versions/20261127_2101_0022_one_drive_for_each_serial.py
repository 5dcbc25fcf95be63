"""A serial number names one drive: two workshops that met it at the same moment made two of it."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from alembic import op
from sqlalchemy import RowMapping

revision = "0022"
down_revision: str | None = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DRIVES = sa.table(
    "drives",
    *(sa.column(name, sa.Integer) for name in ("id", "same_as_id", "wiped_by_id")),
    sa.column("serial_key", sa.String),
    sa.column("hides_drives", sa.Boolean),
    *(sa.column(name, MOMENT) for name in ("wiped_at", "destroyed_at")),
)
SIGHTINGS = sa.table(
    "drive_sightings",
    *(sa.column(name, sa.Integer) for name in ("id", "device_id", "drive_id")),
    *(sa.column(name, MOMENT) for name in ("first_seen_at", "last_seen_at", "removed_at")),
)
NAMING_A_DRIVE = [
    sa.table(name, sa.column("drive_id", sa.Integer)) for name in ("wipes", "storage_declarations")
]


def upgrade() -> None:
    for first, *others in _alike():
        kept = first
        for other in others:
            kept = _joined(kept, other)
    op.drop_index("ix_drives_serial_key", "drives")
    op.create_index("ix_drives_serial_key", "drives", ["serial_key"], unique=True)


def _alike() -> list[list[RowMapping]]:
    found = defaultdict(list)
    several = (
        sa.select(DRIVES.c.serial_key)
        .where(DRIVES.c.serial_key.is_not(None))
        .group_by(DRIVES.c.serial_key)
        .having(sa.func.count() > 1)
    )
    rows = op.get_bind().execute(
        sa.select(DRIVES).where(DRIVES.c.serial_key.in_(several)).order_by(DRIVES.c.id)
    )
    for row in rows.mappings():
        found[row["serial_key"]].append(row)
    return list(found.values())


def _joined(first: RowMapping, other: RowMapping) -> RowMapping:
    """The first drive, with all that was known of the other. Its data is gone only where both were done, and from then
    on when the earlier one was."""
    connection = op.get_bind()
    _join_sightings(first["id"], other["id"])
    for table in NAMING_A_DRIVE:
        connection.execute(table.update().where(table.c.drive_id == other["id"]).values(drive_id=first["id"]))
    wiped = [one for one in (first, other) if one["wiped_at"] is not None]
    earlier = min(wiped, key=lambda one: one["wiped_at"]) if len(wiped) == 2 else None
    destroyed = [one["destroyed_at"] for one in (first, other) if one["destroyed_at"] is not None]
    values = {
        "wiped_at": earlier["wiped_at"] if earlier else None,
        "wiped_by_id": earlier["wiped_by_id"] if earlier else None,
        "destroyed_at": min(destroyed) if len(destroyed) == 2 else None,
        "hides_drives": first["hides_drives"] or other["hides_drives"],
    }
    connection.execute(DRIVES.update().where(DRIVES.c.id == first["id"]).values(**values))
    connection.execute(
        DRIVES.update().where(DRIVES.c.id == other["id"]).values(serial_key=None, same_as_id=first["id"])
    )
    return connection.execute(sa.select(DRIVES).where(DRIVES.c.id == first["id"])).mappings().one()


def _join_sightings(first: int, other: int) -> None:
    """Where both were seen in one device, it was taken out only if both were, and at the later moment."""
    connection, table = op.get_bind(), SIGHTINGS
    for row in connection.execute(sa.select(table).where(table.c.drive_id == other)).mappings().all():
        here = (table.c.device_id == row["device_id"], table.c.drive_id == first)
        same = connection.execute(sa.select(table).where(*here)).mappings().one_or_none()
        if same is None:
            connection.execute(table.update().where(table.c.id == row["id"]).values(drive_id=first))
            continue
        both = same["removed_at"] is not None and row["removed_at"] is not None
        values = {
            "first_seen_at": min(same["first_seen_at"], row["first_seen_at"]),
            "last_seen_at": max(same["last_seen_at"], row["last_seen_at"]),
            "removed_at": max(same["removed_at"], row["removed_at"]) if both else None,
        }
        connection.execute(table.update().where(table.c.id == same["id"]).values(**values))
        connection.execute(table.delete().where(table.c.id == row["id"]))


def downgrade() -> None:
    """What was one drive stays one."""
    op.drop_index("ix_drives_serial_key", "drives")
    op.create_index("ix_drives_serial_key", "drives", ["serial_key"])
