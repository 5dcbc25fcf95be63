"""Every scan that was ever judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "scans",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("scan_id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("code", sa.String(8)),
        sa.Column("action", sa.String(40)),
        sa.Column("mode", sa.String(40)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("token_id", sa.Integer()),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(32)),
        sa.Column("message", JSON, nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("device_id", sa.Integer()),
        sa.Column("history_id", sa.BigInteger()),
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("dismissed_at", MOMENT),
        sa.Column("dismissed_by", sa.Integer()),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_scans_site_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_scans_user_id"),
        sa.ForeignKeyConstraint(["token_id"], ["api_tokens.id"], name="fk_scans_token_id"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_scans_device_id"),
        sa.ForeignKeyConstraint(["history_id"], ["history_entries.id"], name="fk_scans_history_id"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_scans_note_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
        sa.UniqueConstraint("scan_id", name="uq_scans_scan_id"),
        sqlite_autoincrement=True,
    )
    # The short list of codes that are not ours; a scan of a million is not in it.
    open_ones = sa.text("verdict = 'unknown' AND dismissed_at IS NULL")
    op.create_index("ix_scans_unknown", "scans", ["id"], sqlite_where=open_ones, postgresql_where=open_ones)


def downgrade() -> None:
    op.drop_table("scans")
