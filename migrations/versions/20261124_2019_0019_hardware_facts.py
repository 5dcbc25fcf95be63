"""What is inside a device: what each report says of it, what stands, and what stood before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision: str | None = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
STANDS = sa.text("until_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "hardware_claims",
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("says", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report_files.id"], name="fk_hardware_claims_report_id_report_files"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_hardware_claims_device_id_devices"),
        sa.PrimaryKeyConstraint("report_id", name="pk_hardware_claims"),
    )
    op.create_index("ix_hardware_claims_device_id", "hardware_claims", ["device_id"])
    op.create_table(
        "hardware_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("piece", sa.String(32), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("report_id", sa.Integer()),
        sa.Column("said_by", sa.Integer()),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT),
        sa.Column("disputed", JSON, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_hardware_facts_device_id_devices"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report_files.id"], name="fk_hardware_facts_report_id_report_files"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hardware_facts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hardware_facts_device_id_piece", "hardware_facts", ["device_id", "piece"])
    op.create_index("ix_hardware_facts_report_id", "hardware_facts", ["report_id"])
    op.create_index(
        "uq_hardware_facts_standing", "hardware_facts", ["device_id", "piece"],
        unique=True, sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("hardware_facts")
    op.drop_table("hardware_claims")
