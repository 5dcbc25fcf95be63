"""When a stage's label is printed, on what, and the free cells of begun sheets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision: str | None = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "label_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(40), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("begun_by", sa.Integer()),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_label_sheets_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_label_sheets"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_label_sheets_begun", "label_sheets", ["site_id", "medium", "ended_at"])
    op.create_table(
        "label_habits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("design", sa.String(32), nullable=False),
        sa.Column("habit", sa.String(32), nullable=False),
        sa.Column("medium", sa.String(40)),
        sa.Column("printer_id", sa.Integer()),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_label_habits_site_id"),
        sa.ForeignKeyConstraint(["printer_id"], ["printers.id"], name="fk_label_habits_printer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_label_habits"),
        sa.UniqueConstraint("site_id", "design", name="uq_label_habits_site_id_design"),
        sqlite_autoincrement=True,
    )
    op.add_column("print_runs", sa.Column("job_id", sa.Integer()))
    op.add_column("print_runs", sa.Column("by_itself", sa.Boolean()))
    op.add_column("print_runs", sa.Column("undone_at", MOMENT))
    op.add_column("print_runs", sa.Column("undone_by", sa.Integer()))
    op.add_column("prints", sa.Column("sheet_id", sa.Integer()))
    op.add_column("prints", sa.Column("undone_at", MOMENT))
    op.create_index("ix_prints_at", "prints", ["at"])


def downgrade() -> None:
    op.drop_index("ix_prints_at", "prints")
    op.drop_column("prints", "undone_at")
    op.drop_column("prints", "sheet_id")
    for column in ("undone_by", "undone_at", "by_itself", "job_id"):
        op.drop_column("print_runs", column)
    for table in ("label_habits", "label_sheets"):
        op.drop_table(table)
