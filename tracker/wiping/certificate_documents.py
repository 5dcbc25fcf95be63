"""The words of a certificate in one language; the names of people are looked up today, they are not what is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tracker import i18n
from tracker.accounts import queries as accounts
from tracker.accounts.models import Site
from tracker.database import session
from tracker.devices import codes
from tracker.devices.rules import TYPES, DeviceType
from tracker.i18n import N_, Sentence
from tracker.web.pdf_pages import day
from tracker.wiping import certificate_rules
from tracker.wiping.certificate_line_documents import LineWords
from tracker.wiping.certificate_rules import (
    COVERED,
    NOT_COVERED,
    REVOCATIONS,
    Covered,
    devices_of,
    password,
)
from tracker.wiping.models import Certificate
from tracker.wiping.readings import say as sentence
from tracker.wiping.wording_rules import LEVELS


class Words(LineWords):
    """The payload of a certificate in one language."""

    def __init__(self, certificate: Certificate, locale: str) -> None:
        self.certificate = certificate
        self.payload: Mapping[str, Any] = certificate.payload
        self.devices = devices_of(self.payload)
        self.lines = [line for one in self.devices for line in one["drives"]]
        super().__init__(locale, accounts.user_names(_people(self.payload)))

    def verdict(self) -> tuple[str, list[str], bool]:
        """What it comes to: a title, what qualifies it, and whether it is good news."""
        if self.certificate.revoked_at is not None:
            return self.revoked(), [self._counted()], False
        left_out = self.not_covered()
        if left_out:
            return left_out, [self._counted()], False
        if self.certificate.collection_id is not None:
            title = N_("Every drive of this collection is accounted for")
        else:
            title = N_("Every drive of this device is accounted for")
        return self.say(title), [self._counted() if self.lines else self._by_word(), *self._levels()], True

    def _by_word(self) -> str:
        return "; ".join(self.declarations()) or self.say(N_("No storage by the kind of device"))

    def _levels(self) -> list[str]:
        """How many drives reached which level; a wipe is never called more than it was."""
        levels = [line["level"] for line in self.lines if line["end"] == "wiped"]
        return [
            self.say(sentence(N_("Drives at level %(level)s: %(count)s"), level=Sentence(LEVELS[one]), count=levels.count(one)))
            for one in LEVELS
            if one in levels
        ]  # fmt: skip

    def head(self, organisation: str) -> list[tuple[str, str]]:
        site = session.get(Site, self.certificate.site_id)
        issuer = self.payload.get("organisation") or organisation
        rows = [
            (N_("Issued by"), " – ".join(filter(None, (issuer, self.payload.get("place") or (site.name if site else ""))))),
            (N_("Date"), day(self.certificate.issued_at, self.locale)),
            *(self._of_collection() if self.certificate.collection_id else self._of_device()),
            (N_("Attested by"), self.name(self.payload["issuer"])),
            (N_("Reports brought by"), ", ".join(self._brought()) or "–"),
            (N_("Decided on by"), ", ".join(self._decided()) or self.say(N_("nobody: no drive needed it"))),
        ]  # fmt: skip
        if self.payload.get("replaces"):
            rows.append((N_("Takes the place of"), self.payload["replaces"]))
        return [(self.say(label), value) for label, value in rows]

    def _of_device(self) -> list[tuple[str, str]]:
        (device,) = self.devices
        return [
            (N_("Device"), self.device_name(device)),
            (N_("Serial number"), device["serial"] or "–"),
            (N_("Our code"), codes.shown(device["code"])),
        ]

    def _of_collection(self) -> list[tuple[str, str]]:
        gift, given = self.payload["collection"], self.certificate.collection
        assert given is not None
        covers = [one["cover"] for one in self.devices]
        told = N_(
            "%(all)s given: %(proven)s with every drive accounted for, %(none)s without storage, %(not_covered)s not covered"
        )
        counted = {
            "all": len(covers),
            "proven": covers.count(Covered.PROVEN),
            "none": covers.count(Covered.NO_STORAGE),
            "not_covered": sum(one in NOT_COVERED for one in covers),
        }
        on = i18n.day(date.fromisoformat(gift["date"]), "long", self.locale)
        return [
            (N_("Donor"), given.donor.name or (given.donor.contact.name if given.donor.contact else None) or given.donor.reference),
            (N_("Collection"), f"{gift['reference']}, {on}"),
            (N_("Devices"), self.say(Sentence(told, counted))),
        ]  # fmt: skip

    def _counted(self) -> str:
        return self.say(
            Sentence(
                N_("%(found)s found: %(wiped)s wiped, %(removed)s taken out, %(destroyed)s destroyed"),
                self.payload["counts"],
            )
        )

    def device_name(self, device: Mapping[str, Any]) -> str:
        kind = self.say(TYPES[DeviceType(device["type"])])
        return " ".join(filter(None, (kind, device["manufacturer"], device["model"])))

    def _brought(self) -> list[str]:
        """The stations that signed and the people who imported, each once."""
        told = N_("station “%(name)s”")
        stations = dict.fromkeys(line["station"] for line in self.lines if line.get("station"))
        people = dict.fromkeys(line.get("operator") for line in self.lines if not line.get("station"))
        signed = [self.say(sentence(told, name=one)) for one in stations]
        return signed + [self.name(one) for one in people if one is not None]

    def _decided(self) -> list[str]:
        """The second persons: who decided on a report, who confirmed a destruction."""
        words = [line["declaration"] for line in self.lines if "declaration" in line]
        words += [word for one in self.devices for word in one["declarations"]]
        ids = [line.get("reviewer") for line in self.lines] + [word.get("confirmed_by") for word in words]
        return [self.name(one) for one in dict.fromkeys(ids) if one is not None]

    def revoked(self) -> str:
        at, word = self.certificate.revoked_at, self.certificate.revoked_for
        assert at is not None
        reason = self.say(REVOCATIONS[word]) if word else "–"
        told = N_("REVOKED on %(day)s: %(reason)s. This certificate holds no more.")
        return self.say(sentence(told, day=day(at, self.locale), reason=reason))

    def rows(self) -> list[list[str]]:
        """One row a drive, numbered through the whole document."""
        return [
            [str(place), self.drive(line), self.how(line), self.result(line)]
            for place, line in enumerate(self.lines, 1)
        ]

    def rows_by_device(self) -> list[list[str]]:
        """As `rows`, the device in front; one row also for a device of which no drive is told."""
        rows, place = [], 0
        for number, device in enumerate(self.devices, 1):
            serial = self.say(sentence(N_("Serial no. %(serial)s"), serial=device["serial"] or "–"))
            name = f"{number}. {self.device_name(device)}\n{serial}\n{codes.shown(device['code'])}"
            for line in device["drives"]:
                place += 1
                drive = f"{place} · {self.drive(line)}"
                rows.append([name, drive, self.how(line), self.result(line, short=True)])
                name = "″"
            if not device["drives"]:
                told = "\n".join(self.declared(one) for one in device["declarations"]) or "–"
                rows.append([name, "–", told, self.say(COVERED[Covered(device["cover"])])])
        return rows

    def not_covered(self) -> str | None:
        """What has to be read first: which devices this does not speak for."""
        left = [one["code"] for one in self.devices if one["cover"] in NOT_COVERED]
        if not left:
            return None
        told = N_("NOT covered by this certificate (%(count)s): %(codes)s. Nothing is said of their data.")
        shown = ", ".join(codes.shown(one) for one in left)
        return self.say(sentence(told, count=len(left), codes=shown))

    def declarations(self) -> list[str]:
        return [
            ", ".join(filter(None, (self.declared(word), self.confirmed(word))))
            for one in self.devices
            for word in one["declarations"]
        ]

    def policies(self) -> list[str]:
        """Under which policy which drives were accepted, once for each."""
        told: dict[str, list[int]] = {}
        for place, line in enumerate(self.lines, 1):
            if line.get("policy"):
                told.setdefault(self.policy(line), []).append(place)
        return [self._of_drives(places, policy) for policy, places in told.items()]

    def limits(self) -> list[str]:
        """The limit of each drive's level, once each, as it was when the certificate was issued."""
        told: dict[str, list[int]] = {}
        for place, line in enumerate(self.lines, 1):
            if line.get("limit"):
                told.setdefault(line["limit"], []).append(place)
        return [self._of_drives(places, Sentence(limit)) for limit, places in told.items()]

    def _of_drives(self, places: Sequence[int], told: str | Sentence) -> str:
        return self.say(
            sentence(N_("Drive %(places)s: %(limit)s"), places=certificate_rules.runs_of(places), limit=told)
        )

    def checks(self) -> list[tuple[str, str]]:
        """What somebody needs to check the paper."""
        rows = [(N_("Fingerprint (SHA-256)"), self.certificate.sha256)]
        if self.certificate.key and self.certificate.signature:
            rows += [
                (N_("Signed with the key"), self.certificate.key),
                (N_("Word to fetch the signed file"), password(self.certificate.signature)),
            ]
        else:
            rows.append((N_("Signature"), self.say(N_("none: issued before certificates were signed"))))
        return [(self.say(label), value) for label, value in rows]

    def proofs(self) -> list[str]:
        reports: dict[str, list[int]] = {}
        for place, line in enumerate(self.lines, 1):
            if line.get("report_sha256"):
                reports.setdefault(line["report_sha256"], []).append(place)
        journal = self.payload["journal"]
        told = N_("Report file of drive %(places)s (SHA-256): %(hash)s")
        witness = N_("Journal of the workshop when this was issued: entry %(sequence)s, %(head)s")
        return [
            *(
                self.say(sentence(told, places=certificate_rules.runs_of(places), hash=digest))
                for digest, places in reports.items()
            ),
            self.say(sentence(witness, sequence=journal["sequence"], head=journal["head"])),
        ]


def _people(payload: Mapping[str, Any]) -> set[int]:
    told = devices_of(payload)
    lines = [line for one in told for line in one["drives"]]
    ids = [payload["issuer"], *(line.get(role) for line in lines for role in ("operator", "reviewer"))]
    words = [word for one in told for word in one["declarations"]]
    words += [line["declaration"] for line in lines if "declaration" in line]
    ids += [word.get(role) for word in words for role in ("by", "confirmed_by")]
    return {one for one in ids if one is not None}
