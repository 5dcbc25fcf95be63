"""One table counts all numbers, the two others are folded into it; calls by API that carry a key are remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _fold_counters()
    op.create_table(
        "keyed_calls",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("http_code", sa.Integer()),
        sa.Column("headers", JSON),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("key", name="pk_keyed_calls"),
    )
    op.create_index("ix_keyed_calls_begun_at", "keyed_calls", ["begun_at"])


def _fold_counters() -> None:
    """Collections count by year under "C-2026", donors under "D"; here series and year stand apart, 0 for no year."""
    connection = op.get_bind()
    series = _series()
    for name, last in connection.execute(sa.text("SELECT series, last FROM collection_counters")).all():
        letter, _, year = name.partition("-")
        connection.execute(series.insert().values(series=letter, year=int(year or 0), last=last))
    for year, last in connection.execute(sa.text("SELECT year, last FROM certificate_counters")).all():
        connection.execute(series.insert().values(series="certificate", year=year, last=last))
    op.drop_table("collection_counters")
    op.drop_table("certificate_counters")


def downgrade() -> None:
    op.drop_index("ix_keyed_calls_begun_at", table_name="keyed_calls")
    op.drop_table("keyed_calls")
    collections = op.create_table(
        "collection_counters",
        sa.Column("series", sa.String(16), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_collection_counters"),
    )
    certificates = op.create_table(
        "certificate_counters",
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_certificate_counters"),
    )
    connection = op.get_bind()
    series = _series()
    for name, year, last in connection.execute(sa.select(series)).all():
        if name == "certificate":
            connection.execute(certificates.insert().values(year=year, last=last))
        elif name in ("C", "D"):
            label = f"{name}-{year}" if year else name
            connection.execute(collections.insert().values(series=label, last=last))
    connection.execute(series.delete().where(series.c.series.in_(("C", "D", "certificate"))))


def _series() -> sa.TableClause:
    return sa.table(
        "number_series",
        sa.column("series", sa.String),
        sa.column("year", sa.Integer),
        sa.column("last", sa.Integer),
    )
