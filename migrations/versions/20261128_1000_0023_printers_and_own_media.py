"""Printers, what corrects them, files on their way to them, and media that workshops add."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "own_media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("words", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Double(), nullable=False),
        sa.Column("height_mm", sa.Double(), nullable=False),
        sa.Column("page_width_mm", sa.Double(), nullable=False),
        sa.Column("page_height_mm", sa.Double(), nullable=False),
        sa.Column("left_mm", sa.Double(), nullable=False),
        sa.Column("top_mm", sa.Double(), nullable=False),
        sa.Column("across_mm", sa.Double(), nullable=False),
        sa.Column("down_mm", sa.Double(), nullable=False),
        sa.Column("edge_x_mm", sa.Double(), nullable=False),
        sa.Column("edge_y_mm", sa.Double(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("retired_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_own_media_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_own_media"),
        sa.UniqueConstraint("name", name="uq_own_media_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "printers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("address", sa.String(200)),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("dpi", sa.Integer()),
        sa.Column("colour", sa.Boolean()),
        sa.Column("medium", sa.String(40)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("retired_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_printers_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_printers"),
        sa.UniqueConstraint("site_id", "name", name="uq_printers_site_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "printer_fits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(40), nullable=False),
        sa.Column("x_mm", sa.Double(), nullable=False),
        sa.Column("y_mm", sa.Double(), nullable=False),
        sa.Column("scale", sa.Double(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["printer_id"], ["printers.id"], name="fk_printer_fits_printer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_printer_fits"),
        sa.UniqueConstraint("printer_id", "medium", name="uq_printer_fits_printer_id_medium"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "print_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("mimetype", sa.String(80), nullable=False),
        sa.Column("data", sa.LargeBinary()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(80)),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", JSON),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Integer()),
        sa.Column("next_try_at", MOMENT),
        sa.Column("taken_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_print_jobs_site_id"),
        sa.ForeignKeyConstraint(["printer_id"], ["printers.id"], name="fk_print_jobs_printer_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name="fk_print_jobs_asked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_print_jobs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_print_jobs_due", "print_jobs", ["state", "next_try_at"])
    op.create_index("ix_print_jobs_printer", "print_jobs", ["printer_id", "id"])

    op.add_column("print_runs", sa.Column("printer_id", sa.Integer()))


def downgrade() -> None:
    op.drop_column("print_runs", "printer_id")
    for table in ("print_jobs", "printer_fits", "printers", "own_media"):
        op.drop_table(table)
