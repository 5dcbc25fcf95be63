"""Shared benches, whose turn it is there, what a workshop wants of them; of a badge, until when its PIN waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision: str | None = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STILL = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("badges", sa.Column("pin_locked_until", MOMENT))
    op.create_table(
        "shared_benches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("ended_at", MOMENT),
        sa.Column("wrong_pins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong_since", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_shared_benches_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shared_benches"),
        sa.UniqueConstraint("secret_hash", name="uq_shared_benches_secret_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bench_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bench_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("proven", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_for", sa.String(32)),
        sa.ForeignKeyConstraint(["bench_id"], ["shared_benches.id"], name="fk_bench_turns_bench_id"),
        sa.ForeignKeyConstraint(["badge_id"], ["badges.id"], name="fk_bench_turns_badge_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_bench_turns_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bench_turns"),
        sa.UniqueConstraint("secret_hash", name="uq_bench_turns_secret_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_bench_turns_open", "bench_turns", ["bench_id"], unique=True,
                    sqlite_where=STILL, postgresql_where=STILL)  # fmt: skip
    op.create_index("ix_bench_turns_bench_id", "bench_turns", ["bench_id", "began_at"])
    op.create_index("ix_bench_turns_user_id", "bench_turns", ["user_id"])
    op.create_table(
        "bench_habits",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("badge_alone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_bench_habits_site_id"),
        sa.PrimaryKeyConstraint("site_id", name="pk_bench_habits"),
    )


def downgrade() -> None:
    for table in ("bench_habits", "bench_turns", "shared_benches"):
        op.drop_table(table)
    with op.batch_alter_table("badges", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_column("pin_locked_until")
