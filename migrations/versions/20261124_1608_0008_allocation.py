"""Requests for equipment, their lines, the devices promised to them, and the numbers of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(16), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name="pk_number_series"),
    )
    op.create_table(
        "equipment_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("referrer_id", sa.Integer()),
        sa.Column("reference", sa.String(80)),
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("served_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_equipment_requests_site_id"),
        sa.ForeignKeyConstraint(
            ["association_id"], ["associations.id"], name="fk_equipment_requests_association_id"
        ),
        sa.ForeignKeyConstraint(["referrer_id"], ["users.id"], name="fk_equipment_requests_referrer_id"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_equipment_requests_note_id"),
        sa.ForeignKeyConstraint(["answer_id"], ["notes.id"], name="fk_equipment_requests_answer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_equipment_requests"),
        sa.UniqueConstraint("number", name="uq_equipment_requests_number"),
        sa.UniqueConstraint("token_hash", name="uq_equipment_requests_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_equipment_requests_state", "equipment_requests", ["state", "sent_at"])
    op.create_index("ix_equipment_requests_association", "equipment_requests", ["association_id", "id"])
    op.create_index("ix_equipment_requests_served_at", "equipment_requests", ["served_at"])
    op.create_table(
        "request_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("needs", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["equipment_requests.id"], name="fk_request_lines_request_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_request_lines"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_request_lines_request_id", "request_lines", ["request_id"])
    op.create_index("ix_request_lines_type", "request_lines", ["type", "request_id"])
    op.create_table(
        "allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("reserved_by", sa.Integer()),
        sa.Column("delivered_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("ending", sa.String(32)),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_allocations_device_id"),
        sa.ForeignKeyConstraint(["line_id"], ["request_lines.id"], name="fk_allocations_line_id"),
        sa.ForeignKeyConstraint(["reserved_by"], ["users.id"], name="fk_allocations_reserved_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name="fk_allocations_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_allocations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_allocations_device", "allocations", ["device_id", "id"])
    op.create_index("ix_allocations_line_id", "allocations", ["line_id"])
    # One device, one promise: what holds when two people reserve at the same instant.
    op.create_index(
        "uq_allocations_active",
        "allocations",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )


def downgrade() -> None:
    for table in ("allocations", "request_lines", "equipment_requests", "number_series"):
        op.drop_table(table)
