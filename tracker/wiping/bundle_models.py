"""What is kept of a run that several files tell."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.database import Base
from tracker.wiping.models import Wipe


class RunRepeat(Base):
    """That a report tells once more of an attempt on record: a log that was appended to, or copied. It counts once.

    `place`: the run's order within the report, as in `Wipe`.
    """

    __tablename__ = "run_repeats"
    __table_args__: Any = {}

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report_files.id"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wipe_id: Mapped[int] = mapped_column(ForeignKey("wipes.id"), index=True)

    wipe: Mapped[Wipe] = relationship()
