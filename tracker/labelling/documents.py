"""From a code to what its label says, in one language. Facts that are not known stay blank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from flask import current_app, has_request_context

from labels.label import Label
from labels.logo import Logo
from tracker.cards import queries as cards
from tracker.cards.rules import GROUP_WORDS
from tracker.devices.codes import Kind
from tracker.devices.models import Tag
from tracker.labelling import device_documents, logo_queries, rules
from tracker.labelling.device_documents import Face
from tracker.labelling.queries import Named
from tracker.labelling.voice_rules import Voice
from tracker.stock import queries as places
from tracker.stock.models import Location
from tracker.stock.rules import LOCATION_KINDS, LocationKind
from tracker.web import languages

# What leaves the workshop, and who speaks for it. A label that stays inside keeps its room for what the next person needs.
LOGO_DESIGNS = frozenset({"handover", "badge"})


@dataclass(frozen=True)
class Imprint:
    """What every label of a workshop bears: the address behind its codes, who prints, in which language."""

    qr_base: str
    site_url: str
    organisation: str
    locale: str
    help_line: str = ""

    @cached_property
    def logo(self) -> Logo | None:
        """The organisation's, asked for once, and only where a label may bear it."""
        return logo_queries.in_force()

    def payload(self, tag: Tag) -> str:
        """`HTTPS://TRACKER.EXAMPLE/D/BCDFGHJX`: what the QR holds, all of it in QR's alphanumeric mode."""
        return f"{self.qr_base}/{tag.kind.value}/{tag.code}"

    @property
    def short_address(self) -> str:
        """The site's address as a person types it."""
        parts = urlsplit(self.site_url)
        return (parts.netloc + parts.path).rstrip("/")


def imprint(locale: str | None = None) -> Imprint:
    """That of this server; in the reader's language, outside of a request in the workshop's."""
    settings = current_app.config["SETTINGS"]
    if locale is None:
        locale = languages.locale() if has_request_context() else settings.locale
    return Imprint(settings.qr_base, settings.site_url, settings.organisation, locale, settings.help_line)


def labels_of(wanted: Iterable[tuple[Named, str]], on: Imprint) -> list[Label]:
    """The labels of these tags, each in its design."""
    return [label_of(named, design, on) for named, design in wanted]


def label_of(named: Named, design: str, on: Imprint) -> Label:
    """One label. Any design can be printed of anything: what does not apply stays blank."""
    voice, tag = Voice(on.locale), named.tag
    if design == "tag":
        return Label(tag.code, on.payload(tag))
    if named.device is not None:
        face = device_documents.face_of(
            named.device, design, voice, on.organisation, on.short_address, help_line=on.help_line
        )
    elif named.place is not None:
        face = _of_place(named.place, voice)
    else:
        face = _of_card(tag, voice, on) or Face(word=voice.say(rules.DESIGN_NAMES[design]))
    return Label(
        code=tag.code,
        payload=on.payload(tag),
        design=design,
        word=face.word,
        right=face.right,
        title=face.title,
        lines=tuple(line for line in face.lines if line),
        pictogram=face.pictogram,
        phase=face.phase,
        logo=on.logo if design in LOGO_DESIGNS else None,
    )


def _of_place(place: Location, voice: Voice) -> Face:
    around = places.path_of(place.parent) if place.parent else ""
    return Face(
        word=voice.say(LOCATION_KINDS[place.kind]),
        title=place.name,
        lines=(around, place.site.name),
        pictogram="crate" if place.kind is LocationKind.BOX else "pin",
        phase="plain",
    )


def _of_card(tag: Tag, voice: Voice, on: Imprint) -> Face | None:
    """What a command card or a badge says; None for a tag that is neither."""
    meaning = cards.meaning(tag.code) if tag.kind in (Kind.COMMAND, Kind.PERSON) else None
    if meaning is None:
        return None
    if meaning.badge is not None:
        site = meaning.badge.user.site.name
        return Face(
            word=voice.say(rules.DESIGN_NAMES["badge"]),
            title=meaning.badge.user.name,
            lines=(site, on.organisation),
        )
    command = meaning.command
    if command is None:
        return None
    return Face(
        word=voice.say(GROUP_WORDS[command.group]),
        title=voice.say(command.name),
        lines=(voice.say(command.hint),),
        pictogram=command.pictogram,
        phase=command.phase,
    )


def name_of(named: Named) -> str:
    """What a place, card or badge is called, in the reader's language; empty for a free tag."""
    if named.place is not None:
        return named.place.name
    face = _of_card(named.tag, Voice(imprint().locale), imprint())
    return face.title if face else ""


def design_of(named: Named) -> str:
    """The design that says most of it now."""
    if named.device is not None:
        return rules.design_for(named.device.stage)
    return {Kind.LOCATION: "location", Kind.BOX: "box", Kind.COMMAND: "command", Kind.PERSON: "badge"}.get(
        named.tag.kind, "tag"
    )
