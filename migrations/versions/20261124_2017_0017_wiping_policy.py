"""What counts as a wipe is decided by each workshop, and each attempt says which policy ruled on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# What was ruled before is what the defaults say. A check ("Verify …") can never count as a wipe.
RULED = """
UPDATE wipes SET ruling = CASE
    WHEN accepted AND reviewed_at IS NULL THEN 'accepted'
    WHEN lower(trim(coalesce(method, ''))) LIKE 'verify%' THEN 'never'
    WHEN verdict IN ('review', 'unverified') THEN 'person'
    ELSE 'never'
END
"""


def upgrade() -> None:
    op.create_table(
        "wiping_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Integer()),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_wiping_policies_site_id_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_wiping_policies"),
        sa.UniqueConstraint("number", name="uq_wiping_policies_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wiping_policies_site_number", "wiping_policies", ["site_id", "number"])
    for column in (
        sa.Column("ruling", sa.String(32), nullable=False, server_default="never"),
        sa.Column("ruled_for", JSON, nullable=False, server_default="[]"),
        sa.Column("policy_number", sa.Integer()),
        sa.Column("policy_sha256", sa.String(64)),
        sa.Column("layout", sa.String(16)),
    ):
        op.add_column("wipes", column)
    op.execute(RULED)
    op.create_index("ix_wipes_ruling", "wipes", ["ruling", "accepted", "reviewed_at"])


def downgrade() -> None:
    """Which policy ruled is lost; what was accepted stays accepted."""
    op.drop_index("ix_wipes_ruling", "wipes")
    for name in ("layout", "policy_sha256", "policy_number", "ruled_for", "ruling"):
        op.drop_column("wipes", name)
    op.drop_index("ix_wiping_policies_site_number", "wiping_policies")
    op.drop_table("wiping_policies")
