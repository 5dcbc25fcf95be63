"""Wiping stations, and what each of them signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "stations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_expires_at", MOMENT),
        sa.Column("mark_hash", sa.String(64)),
        sa.Column("nonce", sa.String(64)),
        sa.Column("enrolled_at", MOMENT),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_stations_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stations"),
        sa.UniqueConstraint("code_hash", name="uq_stations_code_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "station_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_station_receipts_station_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report_files.id"], name="fk_station_receipts_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_station_receipts"),
        sa.UniqueConstraint("station_id", "counter", name="uq_station_receipts_station_id_counter"),
        sa.UniqueConstraint("station_id", "report_id", name="uq_station_receipts_station_id_report_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_station_receipts_report_id", "station_receipts", ["report_id"])


def downgrade() -> None:
    op.drop_index("ix_station_receipts_report_id", table_name="station_receipts")
    op.drop_table("station_receipts")
    op.drop_table("stations")
