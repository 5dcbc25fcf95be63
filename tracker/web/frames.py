"""Pages that are opened all day are drawn once for all of the same shape, with gaps for what is a visitor's or a device's own."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from flask import current_app, request

from tracker.web.navigation import for_every_page
from tracker.web.templates import filled, flashed, gap, plain

# What the layout says that is the visitor's own: it never stands in a drawing that is kept.
_OWN = ("current_user_name", "scans_as")


def drawn_page(template: str, same: Mapping[str, Any], own: Mapping[str, str]) -> str:
    """The page of this template, drawn once for all that say the `same`; what is this page's `own` stands in its gaps.

    The template sees the names of both and what the layout is given, and nothing else: neither the request nor the
    session, so that nothing of one visitor's can be kept for another. A name in `own` is there to be set down as it is;
    whether it is empty may be asked. Raises `NotPlain` for a value in `same` that tells nothing of its look.
    """
    every = for_every_page()
    gaps = {**own, **{name: every.pop(name) for name in _OWN}}
    gaps |= {"path": request.path, "flashed": flashed()}
    shown = {**every, **same}
    there = frozenset(name for name, value in gaps.items() if value)
    question: tuple[Hashable, ...] = (
        template,
        there,
        plain(shown),
    )

    def draw() -> str:
        marks: dict[str, Any] = {name: gap(name) if name in there else "" for name in gaps}
        marks["request"] = {"path": marks.pop("path")}
        marks["flashed"] = lambda: gap("flashed")
        return current_app.jinja_env.get_template(template).render(shown, **marks)

    return str(filled(question, draw, gaps))
