"""Command cards, badges, rolls of tags and who was handed them, how a workshop is reached, and what finders write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision: str | None = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _cards()
    _rolls()
    _strangers()
    op.add_column("contacts", sa.Column("purpose", sa.String(32)))
    op.add_column("contacts", sa.Column("keep_until", MOMENT))
    op.create_index("ix_contacts_keep_until", "contacts", ["keep_until"])


def downgrade() -> None:
    op.drop_index("ix_contacts_keep_until", "contacts")
    op.drop_column("contacts", "keep_until")
    op.drop_column("contacts", "purpose")
    for table in ("found_reports", "public_contacts", "tag_lots", "roll_tags", "tag_rolls", "badges"):
        op.drop_table(table)
    op.drop_table("command_cards")


def _cards() -> None:
    op.create_table(
        "command_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("command", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["code"], ["tags.code"], name="fk_command_cards_code"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_command_cards_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_command_cards"),
        sa.UniqueConstraint("code", name="uq_command_cards_code"),
        sqlite_autoincrement=True,
    )
    _unique_while_open("uq_command_cards_open", "command_cards", ["site_id", "command"])
    op.create_table(
        "badges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by", sa.Integer()),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_for", sa.String(32)),
        sa.Column("pin_hash", sa.String(255)),
        sa.Column("pin_set_at", MOMENT),
        sa.Column("pin_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tags.code"], name="fk_badges_code"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_badges_user_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_badges_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_badges"),
        sa.UniqueConstraint("code", name="uq_badges_code"),
        sqlite_autoincrement=True,
    )
    _unique_while_open("uq_badges_open", "badges", ["user_id"])


def _unique_while_open(name: str, table: str, columns: list[str]) -> None:
    still = sa.text("ended_at IS NULL")
    op.create_index(name, table, columns, unique=True, sqlite_where=still, postgresql_where=still)


def _rolls() -> None:
    op.create_table(
        "tag_rolls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_tag_rolls_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_rolls"),
        sa.UniqueConstraint("reference", name="uq_tag_rolls_reference"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "roll_tags",
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tags.code"], name="fk_roll_tags_code"),
        sa.ForeignKeyConstraint(["roll_id"], ["tag_rolls.id"], name="fk_roll_tags_roll_id"),
        sa.PrimaryKeyConstraint("code", name="pk_roll_tags"),
        sa.UniqueConstraint("roll_id", "position", name="uq_roll_tags_roll_id_position"),
    )
    op.create_table(
        "tag_lots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer()),
        sa.Column("to_site_id", sa.Integer()),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("handed_by", sa.Integer()),
        sa.Column("ended_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["roll_id"], ["tag_rolls.id"], name="fk_tag_lots_roll_id"),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name="fk_tag_lots_to_user_id"),
        sa.ForeignKeyConstraint(["to_site_id"], ["sites.id"], name="fk_tag_lots_to_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_lots"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tag_lots_roll_id", "tag_lots", ["roll_id"])


def _strangers() -> None:
    op.create_table(
        "public_contacts",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_public_contacts_site_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_public_contacts_contact_id"),
        sa.PrimaryKeyConstraint("site_id", name="pk_public_contacts"),
    )
    op.create_table(
        "found_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("device_id", sa.Integer()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("contact_id", sa.Integer()),
        sa.Column("history_id", sa.BigInteger(), nullable=False),
        sa.Column("keep_until", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_found_reports_site_id"),
        sa.ForeignKeyConstraint(["code"], ["tags.code"], name="fk_found_reports_code"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_found_reports_device_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_found_reports_contact_id"),
        sa.ForeignKeyConstraint(["history_id"], ["history_entries.id"], name="fk_found_reports_history_id"),
        sa.PrimaryKeyConstraint("id", name="pk_found_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_found_reports_open", "found_reports", ["site_id", "answered_at"])
