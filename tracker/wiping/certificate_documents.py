"""The words of a certificate in one language; the names of people are looked up today, they are not what is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel import dates

from tracker import i18n
from tracker.accounts import queries as accounts
from tracker.accounts.models import Site
from tracker.database import session
from tracker.devices import codes
from tracker.devices.rules import TYPES, DeviceType
from tracker.i18n import N_, Sentence
from tracker.web.pdf_pages import day, say
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
from tracker.wiping.wording_rules import (
    DECLARED,
    ENDS,
    HIDDEN,
    LEVELS,
    MEDIUMS,
    SOURCES,
    UNDER_POLICY,
    VERIFICATIONS,
)


class Words:
    """The payload of a certificate in one language."""

    def __init__(self, certificate: Certificate, locale: str) -> None:
        self.certificate, self.locale = certificate, locale
        self.payload: Mapping[str, Any] = certificate.payload
        self.devices = devices_of(self.payload)
        self.lines = [line for one in self.devices for line in one["drives"]]
        self.names = accounts.user_names(_people(self.payload))

    def say(self, text: str | Sentence) -> str:
        return say(text, self.locale)

    def name(self, person: int | None) -> str:
        """Names are not part of what is signed: a person who was forgotten is a number."""
        if person is None:
            return "–"
        return self.names.get(person) or self.say(sentence(N_("person no. %(id)s"), id=person))

    def head(self, organisation: str) -> list[tuple[str, str]]:
        site = session.get(Site, self.certificate.site_id)
        issuer = self.payload.get("organisation") or organisation
        rows = [
            (N_("Issued by"), " – ".join(filter(None, (issuer, self.payload.get("place") or (site.name if site else ""))))),
            (N_("Date"), day(self.certificate.issued_at, self.locale)),
            *(self._of_collection() if self.certificate.collection_id else self._of_device()),
            (N_("Drives"), self._counted()),
            (N_("Attested by"), self.name(self.payload["issuer"])),
            (N_("Reports brought by"), self._those("operator")),
            (N_("Decided on by"), self._those("reviewer")),
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

    def _those(self, role: str) -> str:
        ids = dict.fromkeys(line.get(role) for line in self.lines)
        return ", ".join(self.name(one) for one in ids if one is not None) or "–"

    def revoked(self) -> str:
        at, word = self.certificate.revoked_at, self.certificate.revoked_for
        assert at is not None
        reason = self.say(REVOCATIONS[word]) if word else "–"
        told = N_("REVOKED on %(day)s: %(reason)s. This certificate holds no more.")
        return self.say(sentence(told, day=day(at, self.locale), reason=reason))

    def rows(self) -> list[list[str]]:
        """One row a drive, numbered through the whole document."""
        return [
            [str(place), self._drive(line), self._how(line), self._result(line)]
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
                drive = f"{place} · {self._drive(line)}"
                rows.append([name, drive, self._how(line), self._result(line)])
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
        return [self.declared(word) for one in self.devices for word in one["declarations"]]

    def _drive(self, line: Mapping[str, Any]) -> str:
        size = i18n.size(line["size_bytes"], self.locale) if line["size_bytes"] else ""
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
        return hour if time_only else f"{i18n.day(told, 'medium', self.locale)}, {hour}"

    def _result(self, line: Mapping[str, Any]) -> str:
        if line["end"] != "wiped":
            return self.say(ENDS[line["end"]])
        errors = "–" if line["errors"] is None else str(line["errors"])
        policy = line.get("policy")
        accepted = self.say(sentence(UNDER_POLICY, number=policy["number"])) if policy else ""
        return "\n".join(
            filter(None, (
                self.say(ENDS["wiped"]),
                self.say(sentence(N_("Level: %(level)s"), level=Sentence(LEVELS[line["level"]]))),
                self.say(sentence(N_("Errors: %(count)s"), count=errors)),
                self.say(HIDDEN[line["hidden"]]),
                self.say(SOURCES[line["source"]]),
                accepted,
            ))
        )  # fmt: skip

    def limits(self) -> list[str]:
        """The limit of each drive's level, once each, as it was when the certificate was issued."""
        told: dict[str, list[str]] = {}
        for place, line in enumerate(self.lines, 1):
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
        reports: dict[str, list[str]] = {}
        for place, line in enumerate(self.lines, 1):
            if line.get("report_sha256"):
                reports.setdefault(line["report_sha256"], []).append(str(place))
        journal = self.payload["journal"]
        told = N_("Report file of drive %(places)s (SHA-256): %(hash)s")
        witness = N_("Journal of the workshop when this was issued: entry %(sequence)s, %(head)s")
        return [
            *(
                self.say(sentence(told, places=", ".join(places), hash=digest))
                for digest, places in reports.items()
            ),
            self.say(sentence(witness, sequence=journal["sequence"], head=journal["head"])),
        ]


def _people(payload: Mapping[str, Any]) -> set[int]:
    told = devices_of(payload)
    lines = [line for one in told for line in one["drives"]]
    ids = [payload["issuer"], *(line.get(role) for line in lines for role in ("operator", "reviewer"))]
    ids += [word["by"] for one in told for word in one["declarations"]]
    ids += [line["declaration"]["by"] for line in lines if "declaration" in line]
    return {one for one in ids if one is not None}
