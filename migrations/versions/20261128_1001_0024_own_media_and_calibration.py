"""What the pages of own media and of calibration keep besides."""

from __future__ import annotations

import sqlalchemy as sa

revision = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
