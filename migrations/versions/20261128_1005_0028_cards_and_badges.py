"""Command cards, badges, and who was handed which tags."""

from __future__ import annotations

import sqlalchemy as sa

revision = "0028"
down_revision: str | None = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
