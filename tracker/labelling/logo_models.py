"""The logos an organisation has had on its labels, one row for each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.clock import now
from tracker.database import Base


class OrganisationLogo(Base):
    """Black dots (`labels.logo`), `width` × `height`; nothing else of the file that was sent. The newest row is in force
    unless it was removed: one logo for all sites, as there is one name of the organisation on their labels."""

    __tablename__ = "organisation_logos"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    dots: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(default=now)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
