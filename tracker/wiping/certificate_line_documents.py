"""One drive of a certificate in the words of one language: which it is, how its data ended, on whose word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from babel import dates

from tracker import i18n
from tracker.i18n import N_, Sentence
from tracker.web.pdf_pages import day, say
from tracker.wiping.maker_rules import named
from tracker.wiping.readings import say as sentence
from tracker.wiping.wording_rules import (
    DECLARED,
    ENDS,
    HIDDEN,
    LEVELS,
    MEDIUMS,
    SOURCES,
    SOURCES_BY_NAME,
    UNDER_POLICY,
    VERIFICATIONS,
)

Told = Mapping[str, Any]


class LineWords:
    """The lines of a payload in one language; `names`: what the people in it are called today, by their ids."""

    def __init__(self, locale: str, names: Mapping[int, str]) -> None:
        self.locale, self.names = locale, names

    def say(self, text: str | Sentence) -> str:
        return say(text, self.locale)

    def name(self, person: int | None) -> str:
        """Names are not part of what is signed: a person who was forgotten is a number."""
        if person is None:
            return "–"
        return self.names.get(person) or self.say(sentence(N_("person no. %(id)s"), id=person))

    def drive(self, line: Told) -> str:
        """Maker and model, serial number, kind and size."""
        size = i18n.size(line["size_bytes"], self.locale) if line["size_bytes"] else ""
        kind = self.say(MEDIUMS[line["medium"]])
        serial = self.say(sentence(N_("Serial no. %(serial)s"), serial=line["serial"] or "–"))
        model = named(line.get("maker"), line["model"]) or "–"
        return "\n".join((model, serial, " · ".join(filter(None, (kind, size)))))

    def how(self, line: Told) -> str:
        """Method, verification, tool and times; or who declared it."""
        if line["end"] != "wiped":
            word = line.get("declaration")
            return self.declared(word) if word else self.say(ENDS[line["end"]])
        rounds = self.say(sentence(N_("rounds: %(count)s"), count=line["rounds"])) if line["rounds"] else ""
        tool = " ".join(filter(None, (line["tool"], line["tool_version"])))
        method = ", ".join(filter(None, (line["method"], rounds)))
        return "\n".join((method, self.say(VERIFICATIONS[line["verification"]]), tool, self._times(line)))

    def _times(self, line: Told) -> str:
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

    def result(self, line: Told, *, short: bool = False) -> str:
        """Level, errors, hidden areas, on whose word, under which policy. `short`: the level's standard and the
        policy stand elsewhere, once."""
        if line["end"] != "wiped":
            return "\n".join((self.say(ENDS[line["end"]]), *self._confirmed(line.get("declaration") or {})))
        errors = "–" if line["errors"] is None else str(line["errors"])
        errors = self.say(sentence(N_("Errors: %(count)s"), count=errors))
        if short:
            head = f"{self.say(ENDS['wiped'])} · {self.say(LEVELS[line['level']]).partition(' (')[0]}"
            return "\n".join((head, f"{errors} · {self.say(HIDDEN[line['hidden']])}", self.source(line)))
        level = self.say(sentence(N_("Level: %(level)s"), level=Sentence(LEVELS[line["level"]])))
        rows = (self.say(ENDS["wiped"]), level, errors, self.say(HIDDEN[line["hidden"]]), self.source(line))
        return "\n".join((*rows, *([self.policy(line)] if line.get("policy") else [])))

    def policy(self, line: Told) -> str:
        return self.say(sentence(UNDER_POLICY, number=line["policy"]["number"]))

    def source(self, line: Told) -> str:
        """Who vouches for the report, by name where there is one."""
        station, reviewed = line.get("station"), line.get("reviewer") is not None
        if station or line.get("operator") is not None:
            told = SOURCES_BY_NAME["station" if station else "imported", reviewed]
            who = station or self.name(line["operator"])
            return self.say(sentence(told, who=who, second=self.name(line.get("reviewer"))))
        return self.say(SOURCES[line["source"]])

    def declared(self, word: Told) -> str:
        told = N_("%(what)s: declared by %(name)s on %(day)s")
        at = day(datetime.fromisoformat(word["at"]), self.locale)
        return self.say(
            sentence(told, what=Sentence(DECLARED[word["kind"]]), name=self.name(word["by"]), day=at)
        )

    def confirmed(self, word: Told) -> str:
        """On one line what a second person saw; empty where nobody had to."""
        return ", ".join(self._confirmed(word))

    def _confirmed(self, word: Told) -> Sequence[str]:
        if word.get("confirmed_by") is None:
            return ()
        rows = [self.say(sentence(N_("confirmed by %(name)s"), name=self.name(word["confirmed_by"])))]
        if word.get("slip"):
            rows.append(self.say(sentence(N_("slip no. %(slip)s"), slip=word["slip"])))
        if word.get("photo_sha256"):
            rows.append(self.say(sentence(N_("photo %(hash)s…"), hash=word["photo_sha256"][:12])))
        return rows
