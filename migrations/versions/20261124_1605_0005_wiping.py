"""Report files, drives, attempts to wipe them, declarations, certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "report_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_by", sa.Integer()),
        sa.Column("device_id", sa.Integer()),
        sa.Column("matched_by", sa.String(16)),
        sa.Column("dismissed_at", MOMENT),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_report_files_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_files"),
        sa.UniqueConstraint("sha256", name="uq_report_files_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_files_device_id", "report_files", ["device_id"])
    op.create_index("ix_report_files_received_at", "report_files", ["received_at"])
    op.create_table(
        "report_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_by", sa.Integer()),
        sa.Column("lines", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_uploads"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "drives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text()),
        sa.Column("serial_key", sa.String(64)),
        sa.Column("model", sa.Text()),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("medium", sa.String(32), nullable=False),
        sa.Column("place_key", sa.String(120)),
        sa.Column("same_as_id", sa.Integer()),
        sa.Column("hides_drives", sa.Boolean(), nullable=False),
        sa.Column("wiped_at", MOMENT),
        sa.Column("wiped_by_id", sa.Integer()),
        sa.Column("destroyed_at", MOMENT),
        sa.Column("hours", sa.Integer()),
        sa.Column("healthy", sa.Boolean()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["same_as_id"], ["drives.id"], name="fk_drives_same_as_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drives"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_drives_serial_key", "drives", ["serial_key"])
    op.create_table(
        "drive_sightings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("drive_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_drive_sightings_device_id"),
        sa.ForeignKeyConstraint(["drive_id"], ["drives.id"], name="fk_drive_sightings_drive_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drive_sightings"),
        sa.UniqueConstraint("device_id", "drive_id", name="uq_drive_sightings_device_id_drive_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_drive_sightings_drive_id", "drive_sightings", ["drive_id"])
    op.create_table(
        "wipes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("drive_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text()),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("method", sa.Text()),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text()),
        sa.Column("started", sa.Text()),
        sa.Column("finished", sa.Text()),
        sa.Column("rounds", sa.Integer()),
        sa.Column("verification", sa.String(32)),
        sa.Column("hidden", sa.String(16)),
        sa.Column("foreign", sa.Boolean(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("counts_from", MOMENT),
        sa.Column("errors", sa.Integer()),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reviewed_at", MOMENT),
        sa.Column("reviewed_by", sa.Integer()),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_wipes_device_id"),
        sa.ForeignKeyConstraint(["drive_id"], ["drives.id"], name="fk_wipes_drive_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report_files.id"], name="fk_wipes_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_wipes"),
        sa.UniqueConstraint("report_id", "run", "place", name="uq_wipes_report_run_place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wipes_device_id", "wipes", ["device_id"])
    op.create_index("ix_wipes_drive_id", "wipes", ["drive_id"])
    op.create_index("ix_wipes_verdict", "wipes", ["verdict", "reviewed_at"])
    op.create_table(
        "storage_declarations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("drive_id", sa.Integer()),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("declared_by", sa.Integer()),
        sa.Column("lock_checked", sa.Boolean(), nullable=False),
        sa.Column("history_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_storage_declarations_device_id"),
        sa.ForeignKeyConstraint(["drive_id"], ["drives.id"], name="fk_storage_declarations_drive_id"),
        sa.ForeignKeyConstraint(
            ["history_id"], ["history_entries.id"], name="fk_storage_declarations_history_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_storage_declarations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_storage_declarations_device_id", "storage_declarations", ["device_id"])
    op.create_table(
        "certificate_counters",
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_certificate_counters"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by", sa.Integer()),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.Integer()),
        sa.Column("revoked_for", sa.String(32)),
        sa.Column("revocation_history_id", BIG_ID),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_certificates_device_id"),
        sa.ForeignKeyConstraint(
            ["revocation_history_id"], ["history_entries.id"], name="fk_certificates_revocation_history_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        sa.UniqueConstraint("number", name="uq_certificates_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_certificates_device_id", "certificates", ["device_id"])


def downgrade() -> None:
    for table in (
        "certificates",
        "certificate_counters",
        "storage_declarations",
        "wipes",
        "drive_sightings",
        "drives",
        "report_uploads",
        "report_files",
    ):
        op.drop_table(table)
