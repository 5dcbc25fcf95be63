"""The chain of history: only ever added to, which the database itself enforces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

# The tables that nobody may change or empty: an entry, and a checkpoint over the heads.
SEALED = ("history_entries", "checkpoints")


def upgrade() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("site_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_chain_heads_site_id"),
        sa.PrimaryKeyConstraint("site_id", name="pk_chain_heads"),
    )
    op.create_table(
        "notes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("text", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "history_entries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("from_stage", sa.String(32)),
        sa.Column("to_stage", sa.String(32)),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("note_id", BIG_ID),
        sa.Column("note_hash", sa.String(64)),
        sa.Column("dwell_s", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_history_entries_site_id"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_history_entries_note_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history_entries"),
        sa.UniqueConstraint("site_id", "sequence", name="uq_history_entries_site_id_sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_entries_subject", "history_entries", ["subject_kind", "subject_id", "id"])
    op.create_index("ix_history_entries_moves", "history_entries", ["action", "at"])
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("heads", JSON, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checkpoints"),
        sqlite_autoincrement=True,
    )
    for statement in _seal(op.get_bind().dialect.name):
        op.execute(statement)


def _seal(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            for table in SEALED
            for verb in ("UPDATE", "DELETE")
        ] + [
            # INSERT OR REPLACE removes the old row without the trigger above unless recursive_triggers is on,
            # which a foreign client may not have done.
            "CREATE TRIGGER history_entries_no_replace BEFORE INSERT ON history_entries "
            "WHEN EXISTS (SELECT 1 FROM history_entries WHERE id = NEW.id "
            "OR (site_id = NEW.site_id AND sequence = NEW.sequence)) "
            "BEGIN SELECT RAISE(ABORT, 'history_entries is only ever added to'); END",
            "CREATE TRIGGER checkpoints_no_replace BEFORE INSERT ON checkpoints "
            "WHEN EXISTS (SELECT 1 FROM checkpoints WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'checkpoints is only ever added to'); END",
        ]
    statements = [
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$"
    ]
    for table in SEALED:
        statements += [
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return statements


def downgrade() -> None:
    op.drop_table("checkpoints")
    op.drop_table("history_entries")
    op.drop_table("notes")
    op.drop_table("chain_heads")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
