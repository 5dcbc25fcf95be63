"""Batches of scans: their mode, their values, how they ended. Of each scan, its batch and the client that counted it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision: str | None = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STILL_OPEN = sa.text("closed_at IS NULL")
IN_A_BATCH = sa.text("batch_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "scan_batches",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer()),
        sa.Column("token_id", sa.Integer()),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("action", sa.String(40)),
        sa.Column("place", sa.String(8)),
        sa.Column("collection_id", sa.Integer()),
        sa.Column("values", JSON, nullable=False),
        sa.Column("clients", JSON, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.Integer()),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_scan_batches_site_id"),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name="fk_scan_batches_opened_by"),
        sa.ForeignKeyConstraint(["token_id"], ["api_tokens.id"], name="fk_scan_batches_token_id"),
        sa.ForeignKeyConstraint(["place"], ["tags.code"], name="fk_scan_batches_place"),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.id"], name="fk_scan_batches_collection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scan_batches"),
    )
    op.create_index("ix_scan_batches_open", "scan_batches", ["site_id", "received_at"],
                    sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN)  # fmt: skip
    with op.batch_alter_table("scans", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("batch_id", sa.String(36)))
        batch.add_column(sa.Column("client", sa.String(36)))
        batch.add_column(sa.Column("sequence", sa.Integer()))
        batch.add_column(sa.Column("badge", sa.String(8)))
        batch.create_foreign_key("fk_scans_batch_id", "scan_batches", ["batch_id"], ["id"])
    # Single scans, which are most, are not in it.
    op.create_index("ix_scans_batch_id", "scans", ["batch_id", "id"],
                    sqlite_where=IN_A_BATCH, postgresql_where=IN_A_BATCH)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_scans_batch_id", "scans")
    with op.batch_alter_table("scans", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint("fk_scans_batch_id", type_="foreignkey")
        for column in ("badge", "sequence", "client", "batch_id"):
            batch.drop_column(column)
    op.drop_table("scan_batches")
