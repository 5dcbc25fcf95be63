"""Donors, collections, which device came with which, lists waiting for a word, devices given back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "collection_counters",
        sa.Column("series", sa.String(16), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_collection_counters"),
    )
    _donors()
    _collections()
    _intakes()
    op.create_table(
        "pending_lists",
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.id"], name="fk_pending_lists_collection_id"),
        sa.PrimaryKeyConstraint("token", name="pk_pending_lists"),
    )
    op.create_index("ix_pending_lists_made_at", "pending_lists", ["made_at"])
    _give_backs()


def _donors() -> None:
    op.create_table(
        "donors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("siret", sa.String(14)),
        sa.Column("contact_id", sa.Integer()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_donors_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_donors"),
        sa.UniqueConstraint("reference", name="uq_donors_reference"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_donors_siret", "donors", ["siret"])
    op.create_index("ix_donors_contact_id", "donors", ["contact_id"])


def _collections() -> None:
    op.create_table(
        "collections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(24), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name="fk_collections_donor_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_collections_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_collections"),
        sa.UniqueConstraint("reference", name="uq_collections_reference"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collections_donor_id", "collections", ["donor_id"])
    op.create_index("ix_collections_site_id", "collections", ["site_id"])


def _intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("list_sha256", sa.String(64)),
        sa.Column("list_row", sa.Integer()),
        sa.Column("row_key", sa.String(64)),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_intakes_device_id"),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.id"], name="fk_intakes_collection_id"),
        sa.PrimaryKeyConstraint("device_id", name="pk_intakes"),
        sa.UniqueConstraint("collection_id", "position", name="uq_intakes_collection_id_position"),
        sa.UniqueConstraint(
            "collection_id", "list_sha256", "list_row", name="uq_intakes_collection_id_list_sha256_list_row"
        ),
    )
    op.create_index("ix_intakes_alike", "intakes", ["collection_id", "row_key"])


def _give_backs() -> None:
    op.create_table(
        "give_backs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("taken_as", sa.String(32), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_give_backs_device_id"),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name="fk_give_backs_donor_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_give_backs_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_give_backs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_give_backs_device_id", "give_backs", ["device_id"])
    op.create_index("ix_give_backs_contact_id", "give_backs", ["contact_id"])


def downgrade() -> None:
    for table in ("give_backs", "pending_lists", "intakes", "collections", "donors", "collection_counters"):
        op.drop_table(table)
