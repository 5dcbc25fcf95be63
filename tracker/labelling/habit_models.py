"""What a site does when a device comes to a stage that has a label."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import now
from tracker.database import Base, text_enum
from tracker.labelling.habit_rules import Habit
from tracker.printing.models import Printer


class LabelHabit(Base):
    """For one design: whether it is printed with the move, asked for, or never, and on what. No row: asked for."""

    __tablename__ = "label_habits"
    __table_args__ = (
        UniqueConstraint("site_id", "design", name="uq_label_habits_site_id_design"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    design: Mapped[str] = mapped_column(String(32))
    habit: Mapped[Habit] = mapped_column(text_enum(Habit))
    medium: Mapped[str | None] = mapped_column(String(40))
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printers.id"))
    set_at: Mapped[datetime] = mapped_column(default=now)
    set_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    printer: Mapped[Printer | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}
