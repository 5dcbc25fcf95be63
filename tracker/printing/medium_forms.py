"""Media as people read them, and the shape of what is typed from a packet. What can be is judged by `medium_rules`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from labels.errors import LabelError
from labels.media import Medium
from tracker.i18n import N_
from tracker.printing import medium_queries
from tracker.printing.medium_models import OwnMedium
from tracker.printing.medium_rules import KINDS, LONGEST_WORDS, PAGE_WORDS, PAGES, Packet
from tracker.web.fields import DecimalField, PlainField, WholeField, readable
from tracker.web.forms import Form
from tracker.web.shown import number, say
from tracker.web.submissions import OnceForm

SAY_MM = lazy_gettext("Say how many millimetres.")


def medium_name(medium: Medium) -> str:
    """`avery-l7160` → `Avery L7160`: as the maker writes it on the packet; or as the workshop calls its own."""
    if medium.words:
        return medium.words
    maker, _, reference = medium.name.partition("-")
    maker = maker.upper() if maker == "apli" else maker.title()
    return f"{maker} {re.sub(r'(?<=[0-9])X(?=[0-9])', '×', reference.upper())}"


def medium_size(medium: Medium) -> str:
    """`63,5 × 38,1 mm`."""
    return f"{number(medium.width_mm)} × {number(medium.height_mm)} mm".replace(" ", "\u00a0")


def media_choices(site_id: int, chosen: str = "") -> dict[str, list[tuple[str, str]]]:
    """What this site can print on: its own media first. `chosen` is among them also when it is a tape cut to a length."""
    groups: dict[str, list[tuple[str, str]]] = {
        say(N_("Our own")): [],
        say(N_("Sheets")): [],
        say(N_("Rolls")): [],
    }
    own, sheets, rolls = groups.values()
    media = medium_queries.media(site_id)
    if chosen and all(one.name != chosen for one in media):
        media += _cut(chosen, site_id)
    for medium in media:
        words = f"{medium_name(medium)} – {medium_size(medium)}"
        (own if medium.words else rolls if medium.is_roll else sheets).append((medium.name, words))
    return {name: choices for name, choices in groups.items() if choices}


def _cut(chosen: str, site_id: int) -> list[Medium]:
    try:
        return [medium_queries.medium(chosen, site_id)]
    except LabelError:
        return []


class _Measures(Form):
    """What stands on a packet, in millimetres."""

    words = PlainField(
        lazy_gettext("What you call it"),
        [
            InputRequired(message=lazy_gettext("Say what you call it.")),
            Length(max=LONGEST_WORDS),
            readable,
        ],
    )
    kind = RadioField(lazy_gettext("What is it?"), [InputRequired()], default="sheet")
    width_mm = DecimalField(lazy_gettext("Width of a label"), [InputRequired(message=SAY_MM)])
    height_mm = DecimalField(lazy_gettext("Height of a label"), [InputRequired(message=SAY_MM)])
    page = SelectField(lazy_gettext("Page"), [InputRequired()], default="a4")
    page_width_mm = DecimalField(lazy_gettext("Width of the page"), [Optional()])
    page_height_mm = DecimalField(lazy_gettext("Height of the page"), [Optional()])
    columns = WholeField(lazy_gettext("Labels side by side"), [Optional()])
    rows = WholeField(lazy_gettext("Labels one below the other"), [Optional()])
    left_mm = DecimalField(lazy_gettext("Margin on the left"), [Optional()])
    top_mm = DecimalField(lazy_gettext("Margin at the top"), [Optional()])
    across_mm = DecimalField(lazy_gettext("From the left of a label to the left of the next"), [Optional()])
    down_mm = DecimalField(lazy_gettext("From the top of a label to the top of the next"), [Optional()])
    edge_mm = DecimalField(lazy_gettext("Blank edge within a label"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(name, say(words)) for name, words in KINDS.items()]
        self.page.choices = [(name, say(words)) for name, words in PAGE_WORDS.items()]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A page of another size needs its measures."""
        fine = bool(super().validate(*args, **kwargs))
        if self.kind.data == "sheet" and self.page.data == "other":
            for field in (self.page_width_mm, self.page_height_mm):
                if field.data is None and not field.errors:
                    field.errors, fine = [str(SAY_MM)], False
        return fine

    def packet(self) -> Packet:
        """What was typed; to be asked only of a form that is valid."""
        page = PAGES.get(self.page.data or "") or (_mm(self.page_width_mm), _mm(self.page_height_mm))
        return Packet(
            self.words.data or "",
            self.kind.data,
            _mm(self.width_mm) or 0.0,
            _mm(self.height_mm) or 0.0,
            self.columns.data if self.columns.data is not None else 1,
            self.rows.data if self.rows.data is not None else 1,
            page[0] or 0.0,
            page[1] or 0.0,
            _mm(self.left_mm),
            _mm(self.top_mm),
            _mm(self.across_mm),
            _mm(self.down_mm),
            _mm(self.edge_mm),
        )


def _mm(field: Any) -> float | None:
    return float(field.data) if field.data is not None else None


class OwnMediumForm(OnceForm, _Measures):
    """Adding one, and putting one right."""


class PreviewForm(_Measures):
    """The same, looked at while it is typed: the name may still be missing."""

    words = PlainField(lazy_gettext("What you call it"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, meta={"csrf": False})  # it changes nothing


def measures_of(row: OwnMedium | Medium) -> dict[str, Any]:
    """What the form shows of one that exists."""
    page = next(
        (name for name, size in PAGES.items() if size == (row.page_width_mm, row.page_height_mm)), "other"
    )
    sheet = row.kind == "sheet"
    shown = {name: Decimal(str(getattr(row, name))) for name in ("width_mm", "height_mm")}
    if sheet:
        names = ("page_width_mm", "page_height_mm", "left_mm", "top_mm", "across_mm", "down_mm")
        shown |= {name: Decimal(str(getattr(row, name))) for name in names}
    return {
        **shown,
        "words": row.words,
        "kind": row.kind,
        "page": page if sheet else "a4",
        "columns": row.columns,
        "rows": row.rows,
        "edge_mm": Decimal(str(row.edge_x_mm)),
    }
