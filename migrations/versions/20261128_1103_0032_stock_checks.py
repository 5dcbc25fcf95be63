"""Stock checks: what was expected in a place, and what was found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision: str | None = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STILL_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "stock_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.Integer()),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.Integer()),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_stock_checks_location_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_checks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stock_checks_location_id", "stock_checks", ["location_id"])
    op.create_index("ux_stock_checks_open", "stock_checks", ["location_id"], unique=True,
                    sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN)  # fmt: skip
    op.create_table(
        "stock_check_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("device_id", sa.Integer()),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("was_in", sa.String(8)),
        sa.Column("found_at", MOMENT),
        sa.Column("found_by", sa.Integer()),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["stock_checks.id"], name="fk_stock_check_lines_check_id"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_stock_check_lines_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_check_lines"),
        sa.UniqueConstraint("check_id", "code", name="uq_stock_check_lines_check_id_code"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stock_check_lines_device_id", "stock_check_lines", ["device_id"])


def downgrade() -> None:
    op.drop_table("stock_check_lines")
    op.drop_table("stock_checks")
