"""The organisation's logo."""

from __future__ import annotations

import sqlalchemy as sa

revision = "0027"
down_revision: str | None = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
