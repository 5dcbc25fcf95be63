"""The look, in a real browser: readable, reachable, in light and dark, on a phone and a desk.

A small application renders `templates/_layout/styleguide.html` under the strictest content policy, in
French, with `StrictUndefined`; Chromium opens it and axe-core judges it.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, Response, flash, render_template
from jinja2 import StrictUndefined
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields.choices import SelectChoice

from tracker.devices import lifecycle
from tracker.web import shown
from tracker.web.forms import wrong_fields
from tracker.web.icons import pictograph
from tracker.web.templates import flashed

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests" / "browser" / "vendor" / "axe-core" / "axe.min.js"
MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
PARTS = ["words", "bench", "device", "form", "list", "numbers"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SKETCH = os.environ.get("LOOK_PICTURES", "")


class Sample(Form):  # type: ignore[misc]  # WTForms has no types
    """One field of each kind, some of them wrong."""

    class Meta:
        locales = ("fr",)

    scanned = StringField("Scannez ou tapez un code", [validators.InputRequired()])
    donor = StringField("Donateur", [validators.InputRequired("Dites qui donne : choisissez un donateur.")])
    weight_g = IntegerField("Poids", [validators.InputRequired()])
    kind = RadioField(
        "Type d’appareil",
        [validators.InputRequired()],
        choices=[
            SelectChoice("laptop", "Portable"),
            SelectChoice("desktop", "Unité centrale"),
            SelectChoice("phone", "Smartphone"),
        ],
    )
    state = SelectField(
        "État à l’arrivée",
        choices=[SelectChoice("good", "S’allume"), SelectChoice("bad", "Ne s’allume pas")],
    )
    date = DateField("Date", [validators.Optional()])
    charger = BooleanField("Le chargeur est avec l’appareil")
    note = TextAreaField("Remarque", description="Ce que la personne suivante doit savoir.")
    reports = MultipleFileField("Rapports")
    drawn = StringField("Signature")
    typed = StringField("Nom de la personne qui signe", [validators.InputRequired()])


def french(catalogues: str = "web.po") -> dict[Any, Any]:
    """Message → translation, from the catalogue of the layout or from several."""
    words: dict[Any, Any] = {}
    for path in sorted((ROOT / "tracker" / "translations" / "fr").glob(catalogues)):
        with path.open(encoding="utf-8") as lines:
            words.update({message.id: message.string for message in read_po(lines) if message.id})
    return words


def site() -> Flask:
    """A small application that shows the style guide and nothing else."""
    words = french()
    stage_words = french("*.po")
    plurals = {key[0]: value for key, value in words.items() if isinstance(key, tuple)}
    app = Flask(
        "look", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "tracker" / "static")
    )
    app.secret_key = "only in tests"
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words[text], lambda one, many, n: plurals[one][n > 1], newstyle=True
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals["lifecycle"] = lifecycle
    environment.globals["say"] = lambda word: stage_words.get(word, word)
    environment.globals["csrf_token"] = lambda: "token"
    environment.globals["wrong_fields"] = wrong_fields
    environment.globals["pictograph"] = pictograph
    environment.globals["drawn_once"] = lambda macro, *values, **gaps: macro(*values, **gaps)
    environment.globals["flashed"] = flashed
    environment.filters["decimalformat"] = lambda number: format_decimal(number, locale="fr")
    environment.filters["unbroken"] = shown.unbroken
    items = [("home", "Accueil", "home"), ("scan", "Scanner", "scan"), ("devices", "Appareils", "devices")]
    items += [("wiping", "Effacement", "eraser"), ("requests", "Demandes", "clipboard-list")]
    items += [("stock", "Stock", "building-warehouse"), ("figures", "Chiffres", "chart-bar")]
    app.context_processor(
        lambda: {
            "navigation": [("show", label, picture, name == "devices") for name, label, picture in items],
            "organisation": "Atelier de démonstration",
            "current_user_name": "Bénévole de démonstration",
            "current_role_label": "Bénévole",
            "locale": "fr",
            "other_locale": "en",
        }
    )
    add_pages(app)
    return app


def add_pages(app: Flask) -> None:
    """The style guide, an error page, and the addresses that head and foot of each page link."""

    @app.route("/", defaults={"part": "words"})
    @app.route("/<part>")
    def show(part: str) -> str:
        if part == "words":
            flash("L’appareil est réceptionné. Imprimez son étiquette.", "good")
            flash("Ce code n’existe pas : relisez l’étiquette.", "bad")
        form = Sample(MultiDict({"note": "Vis manquante"}))
        if part == "form":
            form.validate()
        names = sorted(svg.stem for svg in (ROOT / "tracker/static/vendor/tabler").glob("*.svg"))
        received = [180, 240, 1284, 210, 0, 320, 190, 40, 410, 380, 290, None]
        return render_template(
            "_layout/styleguide.html",
            part=part,
            look={"bench": "bench narrow", "form": "narrow"}.get(part, ""),
            form=form,
            stages=list(lifecycle.Stage),
            pictures=names,
            months=list(zip(MONTHS, received, strict=True)),
            exits=[(month, [20 + 7 * at % 50, 6, 0 if at == 3 else 12]) for at, month in enumerate(MONTHS)],
            devices=[
                {"code": "BCDFGHJX", "model": "HP ProBook 450 G6", "stage": "received", "weight": 1900},
                {"code": "LNPRSTVF", "model": "Dell Latitude 5490", "stage": "wiping", "weight": 1640},
                {"code": "GHJKBCDX", "model": "Lenovo ThinkCentre M720q", "stage": "wiped", "weight": 1320},
            ],
        )

    @app.route("/error")
    def failed() -> str:
        return render_template(
            "_layout/error.html",
            status=404,
            heading="Cette page n’existe pas",
            explanation="L’adresse est fausse, ou l’appareil a changé de code.",
            what_to_do="Scannez l’étiquette, ou cherchez l’appareil par son numéro de série.",
            back=None,
        )

    for name in ("language", "accessibility", "privacy", "icon"):
        app.add_url_rule(f"/web/{name}", f"web.{name}", lambda: "", methods=["GET", "POST"])

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the style guide is served while this file is tested."""
    server = make_server("127.0.0.1", 0, site(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def opened(browser: Any, url: str, width: int, scheme: str = "light", script: bool = True) -> Any:
    """A page of that width and colour scheme; `page.complaints` are its console errors.

    The test's own scripts may run although the policy forbids inline script; the policy's
    complaints about the page itself are still recorded.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    assert page.goto(url, wait_until="load").ok
    return page


BORDERS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = c => { canvas.clearRect(0,0,1,1); canvas.fillStyle = c; canvas.fillRect(0,0,1,1);
    return [...canvas.getImageData(0,0,1,1).data]; };
  const light = c => { const [r,g,b] = rgb(c).map(v => v/255).map(v => v <= .03928 ? v/12.92 : ((v+.055)/1.055)**2.4);
    return .2126*r + .7152*g + .0722*b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (rgb(c)[3] === 255) return c; } return '#fff'; };
  const seen = 'input:not([type=hidden],[type=file]), select, textarea, .choice, .drop, .quiet, .pad canvas';
  return [...document.querySelectorAll(seen)].filter(e => e.offsetParent).map(e => {
    const a = light(getComputedStyle(e).borderTopColor), b = light(ground(e.parentElement));
    return [e.outerHTML.slice(0, 90), (Math.max(a,b)+.05)/(Math.min(a,b)+.05)]; });
}"""
TARGETS = """() => [...document.querySelectorAll(
    'button, select, textarea, summary, input:not([type=hidden],[type=checkbox],[type=radio]), .tick, .choice, '
    + '.strong, .quiet, .chips a, .top a, .foot a, .back')]
  .filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 90),
    e.getBoundingClientRect().width, e.getBoundingClientRect().height])"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("part", [*PARTS, "error"])
def test_axe_finds_nothing_serious(chromium: Any, address: str, part: str, width: int, scheme: str) -> None:
    page = opened(chromium, f"{address}/{part}", width, scheme)
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    grave = [
        (one["id"], node["html"][:120], node.get("failureSummary", "")[:200])
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    page.context.close()
    assert grave == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", ["bench", "form", "list"])
def test_borders_of_fields_and_buttons_stand_out_three_to_one(
    chromium: Any, address: str, part: str, scheme: str
) -> None:
    page = opened(chromium, f"{address}/{part}", 390, scheme)
    measured = page.evaluate(BORDERS)
    page.context.close()
    assert measured
    assert [one for one in measured if one[1] < 3] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("part", PARTS)
def test_every_target_is_44_pixels_each_way(chromium: Any, address: str, part: str, width: int) -> None:
    page = opened(chromium, f"{address}/{part}", width)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    measured = page.evaluate(TARGETS)
    page.context.close()
    assert measured
    assert [one for one in measured if min(one[1:]) < 44] == []


def test_the_bench_has_larger_targets_and_the_strong_action_is_72_high(chromium: Any, address: str) -> None:
    page = opened(chromium, f"{address}/bench", 390)
    heights = {
        kind: page.locator(f"main .{kind}").first.bounding_box()["height"] for kind in ("strong", "quiet")
    }
    page.context.close()
    assert heights["strong"] >= 72
    assert heights["quiet"] >= 56


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("part", [*PARTS, "error"])
def test_no_page_scrolls_sideways(chromium: Any, address: str, part: str, width: int) -> None:
    page = opened(chromium, f"{address}/{part}", width)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if SKETCH:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{SKETCH}/{part}-{width}-{scheme}.png", full_page=True)
    page.context.close()
    assert over <= 0


@pytest.mark.parametrize("part", [*PARTS[1:], "error"])
def test_nothing_inline_is_needed_and_no_page_weighs_over_100_kb(
    chromium: Any, address: str, part: str
) -> None:
    page = opened(chromium, f"{address}/{part}", 390)
    weight = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".filter(e => !e.name.includes('signature') ).reduce((sum, e) => sum + e.decodedBodySize, 0)"
    )
    complaints = page.complaints
    page.context.close()
    assert complaints == []
    assert weight <= 100_000, f"{weight} bytes before compression"


def test_without_javascript_the_menu_opens_and_the_scan_entry_is_in_sight(
    chromium: Any, address: str
) -> None:
    page = opened(chromium, f"{address}/list", 320, script=False)
    assert page.locator(".scan-entry").is_visible()
    assert not page.locator(".menu nav").is_visible()
    page.locator(".menu summary").click()
    assert page.locator(".menu nav a", has_text="Appareils").is_visible()
    page.context.close()


def test_a_form_sends_once_however_often_its_button_is_pressed(chromium: Any, address: str) -> None:
    page = opened(chromium, f"{address}/list", 1280)
    sent: list[str] = []

    def answer(route: Any) -> None:
        sent.append(route.request.url)
        route.fulfill(status=204)  # "no content": the browser stays on the page

    page.route("**/slow", answer)
    page.evaluate("document.querySelector('td form').action = '/slow'")
    for _press in range(3):
        page.evaluate("document.querySelector('td form button').click()")
        page.wait_for_timeout(100)
    assert len(sent) == 1
    assert page.evaluate("document.querySelector('td form button').innerText") == "Envoi en cours…"
    page.context.close()


def test_letters_typed_nowhere_go_to_the_scan_field(chromium: Any, address: str) -> None:
    page = opened(chromium, f"{address}/bench", 390)
    field = page.locator("[data-scan-field]")
    field.evaluate("field => field.blur()")
    page.keyboard.type("BCDF")
    assert field.input_value() == "BCDF"
    page.context.close()


def test_a_drawn_signature_fills_the_hidden_field_and_can_be_drawn_again(chromium: Any, address: str) -> None:
    page = opened(chromium, f"{address}/form", 390)
    canvas = page.locator("[data-signature-canvas]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 110, steps=8)
    page.mouse.up()
    field = page.locator("[data-signature] input[type=hidden]")
    assert field.input_value().startswith("data:image/png;base64,")
    page.locator("[data-signature-clear]").click()
    assert field.input_value() == ""
    page.context.close()


def test_the_drop_zone_says_how_many_files_were_chosen(chromium: Any, address: str) -> None:
    page = opened(chromium, f"{address}/form", 390)
    files = [{"name": f"{n}.xml", "mimeType": "text/xml", "buffer": b"<a/>"} for n in "ab"]
    page.locator("input[type=file]").set_input_files(files)
    assert page.locator("[data-drop-text]").inner_text() == "2 fichiers choisis"
    page.context.close()


def test_each_wrong_field_is_named_at_the_top_and_explained_beside_it() -> None:
    page = site().test_client().get("/form").get_data(as_text=True)
    summary = page[page.index("error-summary") : page.index('class="field')]
    assert 'href="#donor"' in summary
    assert 'href="#kind-0"' in summary
    assert 'aria-describedby="donor-error"' in page
    assert "Vis manquante" in page


def test_every_word_the_layout_and_macros_print_is_in_french() -> None:
    words = french()
    said = {
        message
        for folder in ("_layout", "_macros")
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / "templates" / folder,
            method_map=[("**.html", "jinja2")],
            options_map={"**.html": {"newstyle_gettext": "true", "silent": "false"}},
        )
    }
    assert said
    assert {one for one in said if not words.get(one)} == set()


def test_paper_shows_no_menu_and_no_button(chromium: Any, address: str) -> None:
    page = opened(chromium, f"{address}/device", 1280, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".top").is_visible()
    assert not page.locator(".strong").is_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    if SKETCH:
        page.screenshot(path=f"{SKETCH}/device-print.png", full_page=True)
    page.context.close()
    assert ground == "rgb(255, 255, 255)"


def test_the_application_draws_stages_from_the_lifecycle(app: Flask) -> None:
    with app.test_request_context("/"):
        draw = app.jinja_env.get_template("_macros/stage.html").module
        pills = {stage: str(draw.pill(stage)) for stage in lifecycle.Stage}  # type: ignore[attr-defined]
    for stage, pill in pills.items():
        assert f"phase-{lifecycle.STAGES[stage].phase}" in pill
        assert "<svg" in pill
