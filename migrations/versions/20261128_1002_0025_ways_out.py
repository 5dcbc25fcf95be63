"""What the ways out to a printer keep besides."""

from __future__ import annotations

import sqlalchemy as sa

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
