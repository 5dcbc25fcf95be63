"""Shorter ways to say the same: the words associations and machines are called by, and where a text may end.

Only used where a text does not fit. French first; each entry is tried in this order, the official short names of
public bodies before single words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

ABBREVIATIONS: tuple[tuple[str, str], ...] = (
    (r"centre communal d[’']action sociale", "CCAS"),
    (r"centre intercommunal d[’']action sociale", "CIAS"),
    (r"communauté de communes", "CC"),
    (r"communauté d[’']agglomération", "CA"),
    (r"communauté urbaine", "CU"),
    (r"maison des jeunes et de la culture", "MJC"),
    (r"centre hospitalier universitaire", "CHU"),
    (r"centre hospitalier", "CH"),
    (r"conseil départemental", "Dépt"),
    (r"ordinateurs? portables?", "PC portable"),
    (r"hewlett[ -]packard(?: enterprise)?", "HP"),
    (r"(?:intel(?:\(r\))? )?core(?:\(tm\))? (?=i[3579]\b|ultra\b)", ""),
    (r"(?:\(r\)|\(tm\)|®|™)", ""),
    (r" (?:cpu|processor)?\s*@ [0-9.,]+ ?ghz", ""),
    (r"associations?", "Assoc."),
    (r"intercommuna(?:le?|ux)", "Intercom."),
    (r"communauté", "Comm."),
    (r"départementa(?:le?|ux)|département", "Dép."),
    (r"internationa(?:le?|ux)", "Int."),
    (r"nationa(?:le?|ux)", "Nat."),
    (r"régiona(?:le?|ux)", "Rég."),
    (r"municipa(?:le?|ux)", "Mun."),
    (r"fédération", "Féd."),
    (r"médiathèque", "Médiath."),
    (r"bibliothèque", "Biblio."),
    (r"établissement", "Étab."),
    (r"université", "Univ."),
    (r"entreprise", "Entr."),
    (r"société", "Sté"),
    (r"professionnel(?:le)?s?", "Pro"),
    (r"technologi(?:qu)?es?", "Techno."),
    (r"numériques?", "Num."),
    (r"informatiques?", "Info."),
    (r"reconditionnement|reconditionnée?s?", "Recond."),
    (r"reconditioned|reconditioning", "Recond."),
    (r"saint(?=[ -])", "St"),
    (r"sainte(?=[ -])", "Ste"),
    (r"appareil", "App."),
    (r"ordinateur", "PC"),
    (r"emplacement", "Empl."),
    (r"attestation", "Attest."),
    (r"certificate", "Cert."),
    (r"bordereau", "Bord."),
    (r"batterie|battery", "Batt."),
    (r"chargeur|charger", "Charg."),
)

_HANGING = frozenset(
    "le la les l un une des du de d à a au aux en et ou pour par sur sous chez avec dans the of and for by at in st ste saint sainte".split()
)
_EDGES = " \u00a0-–—·,;:/(«'’&+."
_LAST_WORD = re.compile(r"[^ \u00a0’'-]*$")
_NUMBERED = re.compile(r"\S*\d\S*")
_MOST_NUMBERED, _LEAST_DIGITS = 5, 8


def shorter(text: str) -> Iterator[str]:
    """The text with one more of its words abbreviated each time, in the order of the table."""
    for pattern, short in _compiled():
        found = pattern.sub(lambda match, short=short: _cased(match.group(), short), text)  # type: ignore[misc]
        if found != text:
            text = re.sub(r"  +", " ", found).strip()
            yield text


def ends(text: str) -> Iterator[str]:
    """The beginnings of a text that may stand before an ellipsis, longest first: whole words, none left hanging."""
    last = ""
    for place in reversed([match.start() for match in re.finditer(r"[ \u00a0]+|(?<=\w)-(?=\w)", text)]):
        kept = without_hanging(text[:place])
        if kept and kept != last:
            last = kept
            yield kept


def without_hanging(text: str) -> str:
    """Without the punctuation, articles and small words at its end that announce what is no longer there."""
    while True:
        kept = text.rstrip(_EDGES)
        last = _LAST_WORD.search(kept)
        if last is None or not last.start() or last.group().lower() not in _HANGING:
            return kept
        text = kept[: last.start()]


def model_of(text: str) -> tuple[str, str]:
    """A machine's name as its beginning and the end that tells it from its sisters: `("HP EliteBook", "840 G6")`.
    The end is empty where no number stands among the last words."""
    words = [] if "·" in text else text.split(" ")
    at = next((number for number, word in enumerate(words) if number and _NUMBERED.fullmatch(word)), None)
    if at is None or len(words) - at > _MOST_NUMBERED:
        return text, ""
    return " ".join(words[:at]), " ".join(words[at:])


def is_a_telephone(number: str) -> bool:
    """Whether half of it would call somebody else."""
    return (
        sum(map(str.isdigit, number)) >= _LEAST_DIGITS and number.replace("+", "").replace(" ", "").isdigit()
    )


def _cased(found: str, short: str) -> str:
    """The short word in the letters of the long one: capitals stay capitals, small letters stay small."""
    if len(found) > 1 and found.isupper():
        return short.upper()
    return short.lower() if found.islower() and short.endswith(".") else short


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_whole(pattern), short) for pattern, short in ABBREVIATIONS)


def _whole(pattern: str) -> re.Pattern[str]:
    """The pattern where it stands for whole words; those that begin with a space or a sign carry their own edges."""
    edges = pattern.startswith((" ", "(?:\\("))
    return re.compile(pattern if edges else rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
