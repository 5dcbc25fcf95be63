"""Answers to checklists, and grades."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "check_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(40), nullable=False),
        sa.Column("answer", sa.String(32), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.Integer()),
        sa.Column("withdrawn_at", MOMENT),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_check_answers_device_id"),
        sa.ForeignKeyConstraint(["round_id"], ["history_entries.id"], name="fk_check_answers_round_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["history_entries.id"], name="fk_check_answers_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_answers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_check_answers_device_id_round_id", "check_answers", ["device_id", "round_id"])
    op.create_index("ix_check_answers_round_id", "check_answers", ["round_id"])
    op.create_table(
        "gradings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(32), nullable=False),
        sa.Column("battery", sa.String(32)),
        sa.Column("battery_percent", sa.Integer()),
        sa.Column("screen", sa.String(32)),
        sa.Column("casing", sa.String(32)),
        sa.Column("graded_at", MOMENT, nullable=False),
        sa.Column("graded_by", sa.Integer()),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_gradings_device_id"),
        sa.ForeignKeyConstraint(["round_id"], ["history_entries.id"], name="fk_gradings_round_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["history_entries.id"], name="fk_gradings_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gradings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gradings_device_id_round_id", "gradings", ["device_id", "round_id"])


def downgrade() -> None:
    op.drop_table("gradings")
    op.drop_table("check_answers")
