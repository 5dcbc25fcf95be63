"""Values as a reader of French, or of English, writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from tests import databases
from tracker.clock import now
from tracker.errors import Malformed
from tracker.i18n import Sentence
from tracker.web import pdf_pages, shown
from tracker.web.addresses import own_path
from tracker.web.fields import DecimalField, EurosField, KilogramsField, WholeField, plain
from tracker.web.forms import Form

NARROW = "\u202f"


@pytest.fixture
def database_url(sqlite_database: databases.Sqlite) -> str:
    """One kind is enough: nothing here is asked of it."""
    return sqlite_database.fresh()


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest, app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context(), force_locale(request.param):
        yield request.param


def expect(language: str, french: str, english: str) -> str:
    return french if language == "fr" else english


def test_a_day(language: str) -> None:
    assert shown.day(date(2026, 11, 24)) == expect(language, "24 novembre 2026", "November 24, 2026")


def test_the_first_of_a_month_is_an_ordinal_in_french(language: str) -> None:
    assert shown.day(date(2025, 12, 1)) == expect(language, "1er décembre 2025", "December 1, 2025")
    assert shown.day(date(2025, 12, 1), "medium") == expect(language, "1er déc. 2025", "Dec 1, 2025")
    assert shown.day(date(2026, 1, 31)) == expect(language, "31 janvier 2026", "January 31, 2026")
    assert shown.day(date(2025, 12, 1), "short") == expect(language, "01/12/2025", "12/1/25")
    assert pdf_pages.day(datetime(2025, 11, 30, 23, 30, tzinfo=UTC), language) == expect(
        language, "1er décembre 2025", "December 1, 2025"
    )


def test_a_moment_is_on_the_workshops_clock(language: str) -> None:
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert shown.day(summer) == expect(language, "2 juillet 2026", "July 2, 2026")
    assert "01:30" in shown.moment(summer) or "1:30" in shown.moment(summer)


def test_a_number_has_the_separators_of_the_language(language: str) -> None:
    assert shown.number(1234.5) == expect(language, f"1{NARROW}234,5", "1,234.5")
    assert shown.number(2, digits=2) == expect(language, "2,00", "2.00")


def test_weights_prices_and_shares(language: str) -> None:
    assert shown.weight(1900) == expect(language, f"1,9{NARROW}kg", f"1.9{NARROW}kg")
    assert shown.weight(850) == f"850{NARROW}g"
    assert shown.euros(18000) == expect(language, "180,00\u00a0€", "€180.00")
    assert shown.percent(0.712) == expect(language, f"71{NARROW}%", "71%")


def test_nothing_is_shown_as_nothing(language: str) -> None:
    for write in (shown.day, shown.moment, shown.ago, shown.number, shown.weight, shown.euros, shown.percent):
        assert str(write(None)) == ""


def test_some_time_ago(language: str) -> None:
    assert expect(language, "il y a 3\u00a0jours", "3\u00a0days ago") in shown.ago(now() - timedelta(days=3))


def test_a_sentence_in_a_sentence(language: str) -> None:
    inner = Sentence("Coordinator")
    said = shown.say(
        Sentence("There is already an association called %(name)s. Open it in the list.", {"name": inner})
    )
    assert expect(language, "nommée Coordination", "called Coordinator") in said


def test_a_code_is_in_two_groups_and_escaped(language: str) -> None:
    assert shown.code("BCDFGHJX") == '<span class="code">BCDF-GHJX</span>'
    assert "<b>" not in shown.code("<b>")


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0 octet", "0 bytes"),
        (1, "1 octet", "1 byte"),
        (512, "512 octets", "512 bytes"),
        (1_500, "1,5 ko", "1.5 kB"),
        (128_035_676_160, "128 Go", "128 GB"),
        (1_000_204_886_016, "1 To", "1 TB"),
        (1_500_301_910_016, "1,5 To", "1.5 TB"),
        (7_999_999_999_999_999, f"8{NARROW}000 To", "8,000 TB"),
    ],
)
def test_a_size_is_in_the_unit_people_say(app: Flask, count: int, french: str, english: str) -> None:
    for language, words in (("fr", french), ("en", english)):
        with app.test_request_context(), force_locale(language):
            number, unit = words.rsplit(" ", 1)
            assert shown.size(count) == f"{number}{NARROW}{unit}"
            said = shown.say(Sentence("%(found_bytes)s", {"found_bytes": count}))
            assert said == shown.size(count)


class Sample(Form):
    whole = WholeField()
    inches = DecimalField()
    price = EurosField()
    weight = KilogramsField()


def read(app: Flask, **values: str) -> Sample:
    with app.test_request_context():
        form = Sample(formdata=MultiDict(values), meta={"csrf": False})
        form.validate()
        return form


@pytest.mark.parametrize(
    ("text", "cents"), [("12,50", 1250), ("12.5", 1250), ("1 200 €", 120000), ("0", 0), ("", None)]
)
def test_a_price_is_read_with_comma_or_point(app: Flask, text: str, cents: int | None) -> None:
    form = read(app, price=text)
    assert (form.price.data, list(form.price.errors)) == (cents, [])


@pytest.mark.parametrize("text", ["-1", "abc", "1e9", "NaN", "inf", "9" * 50, "1,2,3"])
def test_what_is_no_price_is_refused_and_kept_in_the_field(app: Flask, text: str) -> None:
    form = read(app, price=text)
    assert form.price.errors
    assert form.price.data is None
    assert form.price._value() == text


def test_a_weight_is_kept_in_grams(app: Flask) -> None:
    assert read(app, weight="1,9 kg").weight.data == 1900


@pytest.mark.parametrize(
    ("name", "kept", "french"),
    [
        ("weight", 1_900, "1,9"),
        ("weight", 12_345, "12,345"),
        ("weight", 2_000_000, "2000"),
        ("price", 1_250, "12,50"),
        ("price", 120_000, "1200,00"),
        ("inches", 15.6, "15,6"),
        ("inches", Decimal("24"), "24"),
    ],
)
def test_a_decimal_is_shown_as_the_language_writes_it_and_read_as_it_is_shown(
    language: str, name: str, kept: Any, french: str
) -> None:
    form = Sample(formdata=None, data={name: kept}, meta={"csrf": False})
    written = form[name]._value()
    assert written == expect(language, french, french.replace(",", "."))
    back = Sample(formdata=MultiDict({name: written}), meta={"csrf": False})
    assert back.validate()
    assert float(back[name].data) == float(kept)


@pytest.mark.parametrize("text", ["15,6", "15.6", " 15,60 "])
def test_a_decimal_is_read_with_comma_or_point(app: Flask, text: str) -> None:
    assert read(app, inches=text).inches.data == Decimal("15.6")


@pytest.mark.parametrize("text", ["9" * 30, "1.5", "x", "٣x"])
def test_a_number_no_column_holds_is_refused(app: Flask, text: str) -> None:
    form = read(app, whole=text)
    assert form.whole.errors
    assert form.whole.data is None


def test_invisible_signs_do_not_stay_in_a_text() -> None:
    assert plain(" Le\u200b  Relais\x00\u202e ") == "Le Relais"
    assert plain("\u200b ") is None


@pytest.mark.parametrize("wish", ["/a", "/a?b=/c", "/", "/é"])
def test_a_path_of_ours_is_safe(wish: str) -> None:
    assert own_path(wish) == wish


@pytest.mark.parametrize(
    "wish", ["", None, "a", "//x", "/\\x", "/a\\b", "http://x", "/a\r\nb", "/" + "x" * 3000, "/ x"]
)
def test_anything_else_is_not(wish: str | None) -> None:
    assert own_path(wish) is None


def test_refusals_can_be_raised_without_a_field() -> None:
    assert Malformed("x").field is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Demande 2026-0010 : <b>", ["2026-0010"]),
        ("La remise R-2026-0001 de C-2026-009", ["R-2026-0001", "C-2026-009"]),
        ("VXBH-GFNC est de retour.", ["VXBH-GFNC"]),
        ("BSD-DEMO-202607, 2026-11-27, 06-12", []),
        (Markup('<a href="/collections/C-2026-009">C-2026-009</a>'), ["C-2026-009"]),
    ],
)
def test_no_line_ends_inside_a_number(text: str, kept: list[str]) -> None:
    seen = shown.unbroken(text)
    assert re.findall(r'<span class="nowrap">([^<]+)</span>', seen) == kept
    assert seen.striptags() == escape(text).striptags()
