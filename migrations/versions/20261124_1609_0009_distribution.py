"""Handovers, the devices in them, and the signatures, which can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_user_id", sa.Integer()),
        sa.Column("signer_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer()),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("document_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_handovers_site_id"),
        sa.ForeignKeyConstraint(["request_id"], ["equipment_requests.id"], name="fk_handovers_request_id"),
        sa.ForeignKeyConstraint(["association_id"], ["associations.id"], name="fk_handovers_association_id"),
        sa.ForeignKeyConstraint(["by_user_id"], ["users.id"], name="fk_handovers_by_user_id"),
        sa.ForeignKeyConstraint(["signer_id"], ["contacts.id"], name="fk_handovers_signer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sa.UniqueConstraint("number", name="uq_handovers_number"),
        sqlite_autoincrement=True,
    )
    for column in ("request_id", "association_id", "at", "signer_id"):
        op.create_index(f"ix_handovers_{column}", "handovers", [column])
    op.create_table(
        "handover_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(32)),
        sa.Column("otherwise", sa.String(32)),
        sa.Column("returned_at", MOMENT),
        sa.Column("return_note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.ForeignKeyConstraint(["handover_id"], ["handovers.id"], name="fk_handover_items_handover_id"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_handover_items_device_id"),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocations.id"], name="fk_handover_items_allocation_id"
        ),
        sa.ForeignKeyConstraint(["return_note_id"], ["notes.id"], name="fk_handover_items_return_note_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handover_items"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handover_items_device", "handover_items", ["device_id", "id"])
    op.create_index("ix_handover_items_handover_id", "handover_items", ["handover_id"])
    op.create_index("ix_handover_items_allocation_id", "handover_items", ["allocation_id"])
    op.create_table(
        "signatures",
        sa.Column("handover_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(120)),
        sa.Column("image", sa.LargeBinary()),
        sa.Column("image_hash", sa.String(64)),
        sa.Column("erased_at", MOMENT),
        sa.ForeignKeyConstraint(["handover_id"], ["handovers.id"], name="fk_signatures_handover_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_signatures_contact_id"),
        sa.PrimaryKeyConstraint("handover_id", name="pk_signatures"),
    )
    op.create_index("ix_signatures_contact_id", "signatures", ["contact_id"])


def downgrade() -> None:
    for table in ("signatures", "handover_items", "handovers"):
        op.drop_table(table)
