"""The document of a handover: its facts, fixed on the day, and their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.accounts.models import Site
from tracker.collection.rules import DonorKind
from tracker.database import session
from tracker.devices import codes
from tracker.devices.models import Device
from tracker.devices.rules import ACCESSORIES, TYPES, Accessories, DeviceType
from tracker.distribution import queries
from tracker.distribution.models import Handover, HandoverItem
from tracker.distribution.rules import DECREE
from tracker.i18n import N_, Sentence
from tracker.web.pdf_pages import Pages, day, euros, say
from tracker.wiping import certificate_queries as certificates

VERSION = 1
WIDTHS_MM = (8, 25, 59, 35, 27, 20)


def facts_of(handover: Handover) -> dict[str, Any]:
    """What the document says: codes, numbers and the association's name, no person's. Hashed as it stands."""
    rows = session.execute(
        select(HandoverItem, Device)
        .join(Device, Device.id == HandoverItem.device_id)
        .where(HandoverItem.handover_id == handover.id)
        .order_by(HandoverItem.id)
    ).all()
    ids = [device.id for _, device in rows]
    packed, numbers = queries.packed_of(ids), certificates.numbers(ids)
    site = session.get(Site, handover.site_id)
    return {
        "version": VERSION,
        "number": handover.number,
        "at": handover.at.isoformat(),
        "site": site.name if site else "",
        "request": handover.request.number,
        "reference": handover.request.reference,
        "association": {"id": handover.association_id, "name": handover.association.name},
        "people": handover.people,
        "items": [
            _item(item, device, sorted(packed[device.id]), numbers.get(device.id)) for item, device in rows
        ],
    }


def _item(item: HandoverItem, device: Device, packed: list[str], certificate: str | None) -> dict[str, Any]:
    return {
        "code": device.code,
        "type": device.type.value,
        "name": device.name,
        "serial": device.serial,
        "grade": device.grade.value if device.grade else None,
        "price_cents": item.price_cents,
        "accessories": packed,
        "certificate": certificate,
        "public": item.origin is DonorKind.PUBLIC_BODY,
    }


def pdf(handover: Handover, *, organisation: str, locale: str) -> bytes:
    """The handover document, in that language ("fr" or "en"), with as many pages as it takes."""
    facts = handover.facts
    at = datetime.fromisoformat(facts["at"])
    pages = Pages(
        say(N_("Handover of devices"), locale),
        facts["number"],
        organisation=organisation,
        locale=locale,
        subtitle=day(at, locale),
    )
    pages.facts(_parties(facts, at, organisation, locale))
    pages.table(
        [say(one, locale) for one in (N_("No."), N_("Code"), N_("Device"), N_("Accessories"), N_("Wipe certificate"), N_("Price"))],
        [_row(number, one, locale) for number, one in enumerate(facts["items"], 1)],
        WIDTHS_MM,
        ["number", "code", "", "", "", "number"],
    )  # fmt: skip
    _terms(pages, facts, organisation, locale)
    _signature(pages, handover, at, locale)
    return pages.made()


def _parties(facts: dict[str, Any], at: datetime, organisation: str, locale: str) -> list[tuple[str, str]]:
    rows = [
        (N_("Given by"), " – ".join(one for one in (organisation, facts["site"]) if one)),
        (N_("Received by"), facts["association"]["name"]),
        (N_("Date"), day(at, locale)),
        (N_("For request"), " – ".join(one for one in (facts["request"], facts["reference"]) if one)),
        (N_("Devices"), str(len(facts["items"]))),
        (N_("Total price"), _price(sum(one["price_cents"] for one in facts["items"]), locale)),
    ]
    return [(say(name, locale), value) for name, value in rows]


def _price(cents: int, locale: str) -> str:
    return euros(cents, locale) if cents else say(N_("Free of charge"), locale)


def _row(number: int, item: dict[str, Any], locale: str) -> list[str]:
    kind = say(TYPES[DeviceType(item["type"])], locale)
    lines = [f"{kind} {item['name']}".strip()]
    if item["serial"]:
        lines.append(say(Sentence(N_("Serial no. %(serial)s"), {"serial": item["serial"]}), locale))
    if item["grade"]:
        lines.append(say(Sentence(N_("Grade %(letter)s"), {"letter": item["grade"]}), locale))
    accessories = ", ".join(say(ACCESSORIES[Accessories(one)], locale) for one in item["accessories"])
    return [
        str(number),
        codes.shown(item["code"]),
        "\n".join(lines),
        accessories or "–",
        item["certificate"] or "–",
        _price(item["price_cents"], locale),
    ]


def _terms(pages: Pages, facts: dict[str, Any], organisation: str, locale: str) -> None:
    pages.heading(say(N_("What is agreed"), locale))
    told: list[Sentence] = [
        Sentence(N_("Devices reconditioned by %(organisation)s: all functions tested, previous data erased before this handover."),
                 {"organisation": organisation}),
        Sentence(N_("With the signature below, ownership of these devices and responsibility for them pass to the association.")),
    ]  # fmt: skip
    if any(one["public"] for one in facts["items"]):
        told.append(
            Sentence(N_("Some of these devices were given by a public body: they may not be resold above the capped prices (%(decree)s)."),
                     {"decree": DECREE})
        )  # fmt: skip
    for sentence in told:
        pages.paragraph(say(sentence, locale))


def _signature(pages: Pages, handover: Handover, at: datetime, locale: str) -> None:
    kept = queries.signature(handover.id)
    erased = kept is None or kept.erased_at is not None
    name = handover.signer.name or say(N_("Name erased on request"), locale)
    note = Sentence(
        N_("%(role)s, for %(association)s, %(day)s"),
        {
            "role": (kept.role if kept else None) or "–",
            "association": handover.facts["association"]["name"],
            "day": day(at, locale),
        },
    )
    empty = N_("Signature erased on request") if erased else N_("Signed by typing the name")
    pages.heading(say(N_("Received, the person who signs"), locale))
    pages.signed(name, say(note, locale), kept.image if kept else None, empty=say(empty, locale))
    pages.paragraph(
        say(
            Sentence(
                N_("Fingerprint of this document (SHA-256): %(hash)s"), {"hash": handover.document_hash}
            ),
            locale,
        ),
        small=True,
    )
    pages.keep_last(4)
