"""The migrations build what the models describe, there and back again."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import inspect

from scripts import links
from scripts.schema import differences
from tracker.database import db


def test_migrations_equal_models(app: Flask) -> None:
    assert differences() == []


def test_every_migration_can_be_taken_back(app: Flask) -> None:
    from alembic import command

    from tracker.cli.db import alembic_config, upgrade_schema

    command.downgrade(alembic_config(), "base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert not {name for name in left if not name.startswith("sqlite_")}
    upgrade_schema()
    assert differences() == []


def test_no_link_of_the_documents_leads_nowhere() -> None:
    assert not links.faults()
