"""The register of printed labels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "print_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("by_user_id", sa.Integer()),
        sa.Column("medium", sa.String(40), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64)),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_print_runs_site_id"),
        sa.ForeignKeyConstraint(["by_user_id"], ["users.id"], name="fk_print_runs_by_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_print_runs"),
        sa.UniqueConstraint("token", name="uq_print_runs_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_print_runs_last", "print_runs", ["by_user_id", "id"])
    op.create_table(
        "prints",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("device_id", sa.Integer()),
        sa.Column("design", sa.String(32), nullable=False),
        sa.Column("cell", sa.Integer()),
        sa.Column("reason", sa.String(32)),
        sa.ForeignKeyConstraint(["run_id"], ["print_runs.id"], name="fk_prints_run_id"),
        sa.ForeignKeyConstraint(["code"], ["tags.code"], name="fk_prints_code"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_prints_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_prints"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_prints_run_id", "prints", ["run_id"])
    op.create_index("ix_prints_due", "prints", ["device_id", "design", "at"])
    op.create_index("ix_prints_code", "prints", ["code", "id"])


def downgrade() -> None:
    op.drop_table("prints")
    op.drop_table("print_runs")
