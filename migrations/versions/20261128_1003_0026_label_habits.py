"""When a stage's label is printed, on what, and the free cells of begun sheets."""

from __future__ import annotations

import sqlalchemy as sa

revision = "0026"
down_revision: str | None = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
