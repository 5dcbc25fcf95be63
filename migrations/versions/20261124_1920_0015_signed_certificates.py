"""Certificates are signed, may be of a whole collection, and cannot be changed; public keys are kept for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# What a certificate says. The rest is its revocation, written once.
SEALED = (
    *("id", "number", "device_id", "collection_id", "site_id", "issued_at", "issued_by"),
    *("payload", "sha256", "key", "signature", "replaces_id"),
)
SEALED_KEY = ("id", "key", "public_key", "made_at")


def upgrade() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("public_key", sa.String(43), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_for", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_signing_keys"),
        sa.UniqueConstraint("key", name="uq_signing_keys_key"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("certificates", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("device_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("collection_id", sa.Integer()))
        batch.add_column(sa.Column("site_id", sa.Integer()))
        batch.add_column(sa.Column("key", sa.String(32)))
        batch.add_column(sa.Column("signature", sa.String(86)))
        batch.add_column(sa.Column("replaces_id", sa.Integer()))
        batch.create_foreign_key("fk_certificates_collection_id", "collections", ["collection_id"], ["id"])
        batch.create_foreign_key("fk_certificates_site_id", "sites", ["site_id"], ["id"])
        batch.create_foreign_key("fk_certificates_key", "signing_keys", ["key"], ["key"])
        batch.create_foreign_key("fk_certificates_replaces_id", "certificates", ["replaces_id"], ["id"])
    op.execute(
        "UPDATE certificates SET site_id = (SELECT site_id FROM devices WHERE devices.id = certificates.device_id)"
    )
    with op.batch_alter_table("certificates", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=False)
    op.create_index("ix_certificates_collection_id", "certificates", ["collection_id"])
    op.create_index("ix_certificates_replaces_id", "certificates", ["replaces_id"])
    op.create_table(
        "certificate_devices",
        sa.Column("certificate_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("device_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name="fk_certificate_devices_certificate_id"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_certificate_devices_device_id"),
        sa.PrimaryKeyConstraint("certificate_id", "device_id", name="pk_certificate_devices"),
    )
    op.create_index("ix_certificate_devices_device_id", "certificate_devices", ["device_id"])
    op.execute(
        "INSERT INTO certificate_devices (certificate_id, device_id) SELECT id, device_id FROM certificates"
    )
    for statement in _seals(op.get_bind().dialect.name):
        op.execute(statement)


def _seals(dialect: str) -> list[str]:
    rules = (
        ("certificates", _changed(dialect, SEALED, "revoked_at"), "certificates are never changed"),
        ("signing_keys", _changed(dialect, SEALED_KEY, "revoked_at"), "signing keys are never changed"),
        ("certificate_devices", "1 = 1", "certificates are never changed"),
    )
    return [one for rule in rules for one in (_on_sqlite if dialect == "sqlite" else _on_postgresql)(*rule)]


def _changed(dialect: str, columns: tuple[str, ...], once: str) -> str:
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join([f"OLD.{once} IS NOT NULL", *(f"OLD.{name} {differs} NEW.{name}" for name in columns)])


def _on_sqlite(table: str, changed: str, says: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    key = "certificate_id = NEW.certificate_id AND device_id = NEW.device_id"
    same = key if table == "certificate_devices" else "id = NEW.id"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {changed} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE removes the old row without the trigger above unless recursive_triggers is on.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}",
    ]


def _on_postgresql(table: str, changed: str, says: str) -> list[str]:
    return [
        f"CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{says}'; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
        f"EXECUTE FUNCTION refuse_{table}()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION refuse_{table}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION refuse_{table}()",
    ]


def downgrade() -> None:
    """Signatures, keys and the certificates of whole collections are lost: only devices' own certificates stay."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in ("certificates", "signing_keys", "certificate_devices"):
        for verb in ("update", "delete", "truncate" if postgresql else "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION refuse_{table}()")
    op.drop_table("certificate_devices")
    op.execute("UPDATE certificates SET replaces_id = NULL")
    op.execute("DELETE FROM certificates WHERE device_id IS NULL")
    op.drop_index("ix_certificates_replaces_id", table_name="certificates")
    op.drop_index("ix_certificates_collection_id", table_name="certificates")
    with op.batch_alter_table("certificates", table_kwargs={"sqlite_autoincrement": True}) as batch:
        for name in ("collection_id", "site_id", "key", "replaces_id"):
            batch.drop_constraint(f"fk_certificates_{name}", type_="foreignkey")
        for name in ("replaces_id", "signature", "key", "site_id", "collection_id"):
            batch.drop_column(name)
        batch.alter_column("device_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("signing_keys")
