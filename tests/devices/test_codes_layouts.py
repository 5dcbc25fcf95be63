"""A code through every pair of scanner and computer: recovered whole where letters stay, noticed where they move."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import pytest

from tests.devices import keyboards
from tests.devices.keyboards import CAPS, MOVED, SOUND, keystrokes, table, typed
from tests.postgres import Missing
from tracker.devices import codes
from tracker.devices.codes import ALPHABET, Fault

ROOT = Path(__file__).resolve().parents[2]
# {c}: the code, {h}: in two groups, {l}: in lower case.
FORMS = (
    "HTTPS://LCT.EXAMPLE/D/{c}",
    "HTTP://10.0.0.4:8000/L/{c}",
    "HTTPS://A-B.EXAMPLE.ORG/R/B/{h}",
    "https://lct.example/c/{l}",
    "https://lct.example/P/{h}",
    "{c}",
    "{h}",
    "{l}",
    "C0{c}",  # an AIM prefix whose bracket the scanner could not type
    "Q3HTTPS://LCT.EXAMPLE/D/{c}",
)
SUFFIXES = ("\r", "\n", "\t", "\r\n", "", "\r\t", "\x03", " ")
PREFIXES = ("", "", "", "]", "\x02", " ")


def random_codes(count: int, seed: int = 5) -> list[str]:
    rng = random.Random(seed)
    sevens = ["".join(rng.choice(ALPHABET) for _ in range(7)) for _ in range(count)]
    return [seven + codes.check_letter(seven) for seven in sevens]


def filled(form: str, code: str) -> str:
    return form.format(c=code, h=codes.shown(code), l=code.lower())


def arrivals(
    count: int, layouts: tuple[str, ...], forms: tuple[str, ...] = FORMS
) -> Iterator[tuple[str, str]]:
    """(code, what arrives) for each code × scanner × computer × Caps Lock × form; suffixes and prefixes take turns."""
    ways = [(s, c, caps) for s, c, caps in product(SOUND, layouts, CAPS)]
    tables = {way: table(*way) for way in ways}
    dead = {way: set(keyboards.DEAD.get(way[1], "")) for way in ways}
    for number, code in enumerate(random_codes(count)):
        for form, way in product(forms, ways):
            text = filled(form, code)
            there = text.translate(tables[way])
            if dead[way] & set(there):
                there = typed(way[1], keystrokes(way[0], text), way[2])
            before = PREFIXES[number % len(PREFIXES)] if form[0] in "CQ" else ""
            yield code, before + there + SUFFIXES[number % len(SUFFIXES)]


def test_keys_type_what_the_keyboards_of_the_workshop_type() -> None:
    address = keystrokes("us", "HTTPS://A-B.FR/D/")
    assert typed("fr", address) == "HTTPSM!!Q)B:FR!D!"
    assert typed("de", address) == "HTTPSÖ--AßB.FR-D-"
    assert typed("fr", keystrokes("de", "A/B-C"), "all") == "qèb§c"
    assert typed("de", keystrokes("be", "BCDF-GHJX")) == "BCDFǴHJX"


def missed(found: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, there) for code, there in found if codes.read(there) != code]


def test_a_code_is_recovered_from_any_scanner_on_any_computer() -> None:
    assert missed(arrivals(40, SOUND)) == []


@pytest.mark.long
def test_twenty_thousand_codes_are_recovered_from_any_scanner_on_any_computer() -> None:
    assert missed(arrivals(20_000, SOUND)) == []


@pytest.mark.parametrize("apple", ["fr-mac", "fr-afnor"])
def test_a_french_keyboard_of_another_kind_changes_nothing(apple: str) -> None:
    assert missed(arrivals(20, (apple,))) == []


def wrong_letters(count: int) -> Iterator[tuple[str, str]]:
    """(wrong, what arrives): each code with one letter changed, in each place, to each other letter there is."""
    there = {way: table(*way) for way in product(SOUND, SOUND)}
    ways = list(there)
    for number, code in enumerate(random_codes(count, seed=9)):
        for place, letter in product(range(8), ALPHABET):
            if letter != code[place]:
                wrong = code[:place] + letter + code[place + 1 :]
                turn = number + place + ord(letter)
                yield wrong, filled(FORMS[turn % 2], wrong).translate(there[ways[turn % len(ways)]])


def test_one_wrong_letter_is_refused_through_any_layout() -> None:
    assert [one for one in wrong_letters(100) if codes.read(one[1]) is not Fault.WRONG_LETTER] == []


@pytest.mark.long
def test_every_wrong_letter_of_twenty_thousand_codes_is_refused() -> None:
    assert [one for one in wrong_letters(20_000) if codes.read(one[1]) is not Fault.WRONG_LETTER] == []


# ---- where letters move


ADDRESSES = tuple(form for form in FORMS if "://" in form)


def accepted(count: int) -> list[tuple[str, str]]:
    there = arrivals(count, MOVED, ADDRESSES)
    return [(code, text) for code, text in there if codes.read(text) is not Fault.LETTERS_MOVED]


def test_an_address_typed_where_letters_moved_is_never_a_code_and_says_why() -> None:
    assert accepted(20) == []


@pytest.mark.long
def test_of_many_addresses_typed_where_letters_moved_none_is_a_code() -> None:
    assert accepted(20_000) == []


def taken_for_another(layout: str) -> float:
    """The share of valid codes whose letters, typed through this layout, are again a valid code: all of them counted.

    Digit by digit with the two sums of Luhn's algorithm, of the code and of what arrives, so that none is left out.
    """
    letters = {one: typed(layout, keystrokes("us", one)).upper() for one in ALPHABET}
    values = {one: value for value, one in enumerate(ALPHABET)}
    states = {(0, 0): 1}
    for place in range(8):
        following: dict[tuple[int, int], int] = {}
        for (right, arrived), number in states.items():
            for one in ALPHABET:
                if letters[one] in values:
                    sums = (
                        (right + luhn(values[one], place)) % 16,
                        (arrived + luhn(values[letters[one]], place)) % 16,
                    )
                    following[sums] = following.get(sums, 0) + number
        states = following
    return states.get((0, 0), 0) / 16**7


def luhn(value: int, place: int) -> int:
    doubled = value * (1 if place % 2 else 2)
    return doubled // 16 + doubled % 16


@pytest.mark.parametrize("layout", MOVED)
def test_letters_alone_are_seldom_another_code_where_letters_moved(layout: str) -> None:
    """What is left is a bar code of letters alone. The page sees the keys themselves (scan/wedge.js); elsewhere, such
    a code must also be one of the register."""
    same = sum(typed(layout, keystrokes("us", one)).upper() == one for one in ALPHABET)
    rate = taken_for_another(layout)
    assert rate < (0.02 if same else 0.002), rate


@pytest.mark.parametrize("layout", MOVED)
def test_a_code_alone_with_strange_letters_says_that_letters_moved(layout: str) -> None:
    said = [codes.read(typed(layout, keystrokes("us", code))) for code in random_codes(300)]
    assert said.count(Fault.LETTERS_MOVED) > 100
    assert codes.read("BCDFGHJA") is Fault.WRONG_LETTER, "a slip of the finger is not a layout"


# ---- the page reads the same


def as_the_page_reads(texts: list[str]) -> list[str]:
    """What scan/codes.js says to these texts, run by the Node that comes with Playwright. Raises `Missing`."""
    import playwright

    node = Path(playwright.__file__).parent / "driver" / "node"
    script = (
        f"import {{ read }} from {json.dumps((ROOT / 'tracker/static/js/scan/codes.js').as_uri())};"
        "let all = ''; process.stdin.setEncoding('utf8');"
        "for await (const some of process.stdin) all += some;"
        "process.stdout.write(JSON.stringify(JSON.parse(all).map(read).map((one) => one.code ?? one.fault)));"
    )
    try:
        done = subprocess.run(
            [node, "--input-type=module", "-e", script],
            input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=600,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise Missing("Playwright brings no Node on this machine") from error
    found: list[str] = json.loads(done.stdout)
    return found


def differences(texts: list[str]) -> list[tuple[str, str, str]]:
    pairs = zip(texts, map(str, map(codes.read, texts)), as_the_page_reads(texts), strict=True)
    return [(text, here, page) for text, here, page in pairs if here != page]


def noise(count: int) -> list[str]:
    """Texts of what scanners, keyboards and hands may send, most of them nothing."""
    rng = random.Random(11)
    letters = (
        ALPHABET
        + "AEIOUYMWQZ"
        + "bcdfghjx"
        + "0123456789"
        + "/-:!.])$=&?´^¨çéèàùßöäÈ§°<>_ \t\r\n\x1d\xa0\u2010\ufeff\x85Ǵśńĉ漢😀"
    )
    return ["".join(rng.choice(letters) for _ in range(rng.randint(0, 24))) for _ in range(count)]


def corpus(count: int, noises: int) -> list[str]:
    found = [there for _, there in arrivals(count, SOUND + MOVED)]
    return found + [there for _, there in islice(wrong_letters(count), count * 60)] + noise(noises)


def test_the_page_reads_what_the_server_reads() -> None:
    assert differences(corpus(12, 4_000)) == []


@pytest.mark.long
def test_the_page_reads_of_twenty_thousand_codes_what_the_server_reads() -> None:
    rng = random.Random(2)
    for start in range(0, 20_000, 2_000):
        some = random_codes(20_000)[start : start + 2_000]
        ways = [(table(*way), way) for way in product(SOUND, SOUND + MOVED, CAPS)]
        texts = [
            filled(form, code).translate(rng.choice(ways)[0])
            for code in some
            for form in FORMS
            for _ in range(5)
        ]
        assert differences(texts + noise(20_000)) == []
