"""What the ways out to a printer keep besides: tries, whether a printer is asked how it is, helpers in workshops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("printers", sa.Column("asks_status", sa.Boolean()))
    op.add_column(
        "print_jobs", sa.Column("attempts_before", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("print_jobs", sa.Column("helper_id", sa.Integer()))
    op.create_table(
        "print_helpers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_expires_at", MOMENT),
        sa.Column("mark_hash", sa.String(64)),
        sa.Column("nonce", sa.String(64)),
        sa.Column("enrolled_at", MOMENT),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", MOMENT),
        sa.Column("serves", JSON),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_print_helpers_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_print_helpers"),
        sa.UniqueConstraint("code_hash", name="uq_print_helpers_code_hash"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("print_helpers")
    op.drop_column("print_jobs", "helper_id")
    op.drop_column("print_jobs", "attempts_before")
    op.drop_column("printers", "asks_status")
