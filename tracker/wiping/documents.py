"""The wipe certificate on paper: what was attested, word for word, with the names of the people looked up today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import qrcode
from babel import dates
from qrcode.constants import ERROR_CORRECT_M

from tracker.accounts import queries as accounts
from tracker.accounts.models import Site
from tracker.database import session
from tracker.devices import codes
from tracker.devices.rules import TYPES, DeviceType
from tracker.i18n import N_, Sentence
from tracker.web.pdf_pages import Pages, day, say
from tracker.wiping.certificate_rules import REVOCATIONS
from tracker.wiping.models import Certificate
from tracker.wiping.readings import say as sentence
from tracker.wiping.wording_rules import DECLARED, ENDS, HIDDEN, LEVELS, MEDIUMS, SOURCES, VERIFICATIONS

WIDTHS_MM = (7, 50, 57, 60)
QR_MODULE_PX = 8
GIGABYTE = 1_000_000_000

_CLAIMS = (
    N_("“Clear”: the whole drive was overwritten through its ordinary commands. This protects against recovery with "
       "ordinary means; it does not reach the spare blocks of flash memory, nor sectors that the drive hides."),
    N_("“Purge” is claimed only where the drive’s own sanitize command or cryptographic erase succeeded."),
    N_("What the tools reported is reproduced here; times are those of the computer on which they ran. The reports are "
       "kept, and the SHA-256 below names each file exactly."),
    N_("This certificate says who attests what and when. It cannot prove more than the reports and the declarations "
       "it rests on."),
)  # fmt: skip


def verify_address(address: str, number: str) -> str:
    return f"{address.rstrip('/')}/verify/{number}"


def pdf(certificate: Certificate, *, organisation: str, address: str, locale: str) -> bytes:
    """The certificate in that language ("fr" or "en"), on as many pages as it takes. `address`: the site's own."""
    words = _Words(certificate, locale)
    pages = Pages(
        words.say(N_("Wipe certificate")),
        certificate.number,
        organisation=organisation,
        locale=locale,
        subtitle=day(certificate.issued_at, locale),
    )
    link = verify_address(address, certificate.number)
    pages.facts_beside(words.head(organisation), _qr(link), 34)
    if certificate.revoked_at is not None:
        pages.heading(words.revoked())
    if words.payload["drives"]:
        pages.heading(words.say(N_("Drives")))
        heads = [words.say(one) for one in (N_("No."), N_("Drive"), N_("How its data ended"), N_("Result"))]
        pages.table(heads, words.rows(), WIDTHS_MM, ["number", "", "", ""])
    if words.payload["declarations"]:
        pages.heading(words.say(N_("Declared")))
        for one in words.payload["declarations"]:
            pages.paragraph(words.declared(one))
    pages.heading(words.say(N_("What this says, and what it does not")))
    for text in (*words.limits(), *(words.say(one) for one in _CLAIMS)):
        pages.paragraph(text)
    pages.heading(words.say(N_("Check it")))
    count = len(pages.flow)
    pages.paragraph(words.say(sentence(N_("At %(link)s, or with the code above."), link=link)))
    for text in words.proofs():
        pages.paragraph(text, small=True)
    pages.keep_last(len(pages.flow) - count + 1)
    return pages.made()


def _qr(link: str) -> bytes:
    drawing = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=QR_MODULE_PX, border=4)
    drawing.add_data(link)
    out = BytesIO()
    drawing.make_image().save(out, "PNG")
    return out.getvalue()


class _Words:
    """The payload of a certificate in one language."""

    def __init__(self, certificate: Certificate, locale: str) -> None:
        self.certificate, self.locale = certificate, locale
        self.payload: Mapping[str, Any] = certificate.payload
        self.names = accounts.user_names(_people(self.payload))

    def say(self, text: str | Sentence) -> str:
        return say(text, self.locale)

    def name(self, person: int | None) -> str:
        """Names are not part of what is signed: a person who was forgotten is a number."""
        if person is None:
            return "–"
        return self.names.get(person) or self.say(sentence(N_("person no. %(id)s"), id=person))

    def head(self, organisation: str) -> list[tuple[str, str]]:
        device, counts = self.payload["device"], self.payload["counts"]
        site = session.get(Site, self.payload["site"])
        drives = N_("%(found)s found: %(wiped)s wiped, %(removed)s taken out, %(destroyed)s destroyed")
        rows = [
            (N_("Issued by"), " – ".join(filter(None, (organisation, site.name if site else "")))),
            (N_("Date"), day(self.certificate.issued_at, self.locale)),
            (N_("Device"), " ".join(filter(None, (self.say(TYPES[DeviceType(device["type"])]), device["manufacturer"], device["model"])))),
            (N_("Serial number"), device["serial"] or "–"),
            (N_("Our code"), codes.shown(device["code"])),
            (N_("Drives"), self.say(Sentence(drives, counts))),
            (N_("Attested by"), self.name(self.payload["issuer"])),
            (N_("Reports brought by"), self._those("operator")),
            (N_("Decided on by"), self._those("reviewer")),
        ]  # fmt: skip
        return [(self.say(label), value) for label, value in rows]

    def _those(self, role: str) -> str:
        ids = dict.fromkeys(line.get(role) for line in self.payload["drives"])
        return ", ".join(self.name(one) for one in ids if one is not None) or "–"

    def revoked(self) -> str:
        at, word = self.certificate.revoked_at, self.certificate.revoked_for
        assert at is not None
        reason = self.say(REVOCATIONS[word]) if word else "–"
        told = N_("REVOKED on %(day)s: %(reason)s. This certificate holds no more.")
        return self.say(sentence(told, day=day(at, self.locale), reason=reason))

    def rows(self) -> list[list[str]]:
        return [
            [str(place), self._drive(line), self._how(line), self._result(line)]
            for place, line in enumerate(self.payload["drives"], 1)
        ]

    def _drive(self, line: Mapping[str, Any]) -> str:
        size = f"{round(line['size_bytes'] / GIGABYTE)} {self.say(N_('GB'))}" if line["size_bytes"] else ""
        kind = self.say(MEDIUMS[line["medium"]])
        serial = self.say(sentence(N_("Serial no. %(serial)s"), serial=line["serial"] or "–"))
        return "\n".join(filter(None, (line["model"] or "–", serial, " · ".join(filter(None, (kind, size))))))

    def _how(self, line: Mapping[str, Any]) -> str:
        if line["end"] != "wiped":
            word = line.get("declaration")
            return self.declared(word) if word else self.say(ENDS[line["end"]])
        rounds = self.say(sentence(N_("rounds: %(count)s"), count=line["rounds"])) if line["rounds"] else ""
        tool = " ".join(filter(None, (line["tool"], line["tool_version"])))
        method = ", ".join(filter(None, (line["method"], rounds)))
        return "\n".join((method, self.say(VERIFICATIONS[line["verification"]]), tool, self._times(line)))

    def _times(self, line: Mapping[str, Any]) -> str:
        """On the tool's own clock; the day once where both are of one day."""
        begun, ended = (
            datetime.fromisoformat(line[key]) if line[key] else None for key in ("started", "finished")
        )
        same = begun is not None and ended is not None and begun.date() == ended.date()
        return f"{self._clock(begun)} – {self._clock(ended, time_only=same)}"

    def _clock(self, told: datetime | None, *, time_only: bool = False) -> str:
        if told is None:
            return "?"
        hour = dates.format_time(told.time(), "short", locale=self.locale)
        return hour if time_only else f"{dates.format_date(told, 'medium', locale=self.locale)}, {hour}"

    def _result(self, line: Mapping[str, Any]) -> str:
        if line["end"] != "wiped":
            return self.say(ENDS[line["end"]])
        errors = "–" if line["errors"] is None else str(line["errors"])
        return "\n".join(
            (
                self.say(ENDS["wiped"]),
                self.say(sentence(N_("Level: %(level)s"), level=Sentence(LEVELS[line["level"]]))),
                self.say(sentence(N_("Errors: %(count)s"), count=errors)),
                self.say(HIDDEN[line["hidden"]]),
                self.say(SOURCES[line["source"]]),
            )
        )

    def limits(self) -> list[str]:
        """The limit of each drive's level, once each, as it was when the certificate was issued."""
        told: dict[str, list[str]] = {}
        for place, line in enumerate(self.payload["drives"], 1):
            if line.get("limit"):
                told.setdefault(line["limit"], []).append(str(place))
        return [
            self.say(
                sentence(N_("Drive %(places)s: %(limit)s"), places=", ".join(places), limit=Sentence(limit))
            )
            for limit, places in told.items()
        ]

    def declared(self, word: Mapping[str, Any]) -> str:
        told = N_("%(what)s: declared by %(name)s on %(day)s")
        at = day(datetime.fromisoformat(word["at"]), self.locale)
        return self.say(
            sentence(told, what=Sentence(DECLARED[word["kind"]]), name=self.name(word["by"]), day=at)
        )

    def proofs(self) -> list[str]:
        reports: dict[str, list[str]] = {}
        for place, line in enumerate(self.payload["drives"], 1):
            if line.get("report_sha256"):
                reports.setdefault(line["report_sha256"], []).append(str(place))
        journal = self.payload["journal"]
        return [
            self.say(sentence(N_("Fingerprint of what is attested (SHA-256): %(hash)s"), hash=self.certificate.sha256)),
            *(
                self.say(sentence(N_("Report file of drive %(places)s (SHA-256): %(hash)s"), places=", ".join(places), hash=digest))
                for digest, places in reports.items()
            ),
            self.say(
                sentence(
                    N_("Journal of the workshop when this was issued: entry %(sequence)s, %(head)s"),
                    sequence=journal["sequence"],
                    head=journal["head"],
                )
            ),
        ]  # fmt: skip


def _people(payload: Mapping[str, Any]) -> set[int]:
    lines: Sequence[Mapping[str, Any]] = payload["drives"]
    told = [payload["issuer"], *(line.get(role) for line in lines for role in ("operator", "reviewer"))]
    told += [one["by"] for one in payload["declarations"]]
    told += [line["declaration"]["by"] for line in lines if "declaration" in line]
    return {one for one in told if one is not None}
