"""The wipe certificate on paper: what was attested, word for word, what is needed to check it, and its own signature."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pypdf
import qrcode
from pypdf.generic import NameObject
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.util import MODE_8BIT_BYTE, MODE_NUMBER, QRData

from tracker import clock
from tracker.i18n import N_
from tracker.signing import code_rules, pdf_rules
from tracker.signing import operations as signing
from tracker.signing import rules as signatures
from tracker.signing.rules import Envelope
from tracker.web.pdf_pages import Pages, day
from tracker.wiping import certificate_queries
from tracker.wiping.certificate_documents import Words
from tracker.wiping.models import Certificate
from tracker.wiping.readings import say as sentence

WIDTHS_MM = (7, 50, 57, 60)
WIDTHS_BY_DEVICE_MM = (38, 40, 42, 54)
QR_MODULE_PX = 4
# What a telephone reads from paper with ease; ISO/IEC 18004 leaves it to the use.
QR_MODULE_MM = 0.48
SMALLEST_QR_MM = 34
# 125 modules and the quiet zone: 64 mm.
LARGEST_QR = 27

_CLAIMS = (
    N_("“Clear”: the whole drive was overwritten through its ordinary commands. This protects against recovery with "
       "ordinary means; it does not reach the spare blocks of flash memory, nor sectors that the drive hides."),
    N_("“Purge” is claimed only where the drive’s own sanitize command or cryptographic erase succeeded."),
    N_("What the tools reported is reproduced here; times are those of the computer on which they ran. The reports are "
       "kept, and the SHA-256 below names each file exactly."),
    N_("This certificate says who attests what and when. It cannot prove more than the reports and the declarations "
       "it rests on: its signature proves who issued it and that nothing was changed since, not that a drive was wiped."),
)  # fmt: skip


def verify_address(address: str, number: str) -> str:
    return f"{address.rstrip('/')}/verify/{number}"


def pdf(certificate: Certificate, *, organisation: str, address: str, locale: str) -> bytes:
    """The certificate in that language ("fr" or "en"), on as many pages as it takes. `address`: the site's own.

    Where it is signed, the PDF carries the signed file, in a QR code and as an attachment, and is signed itself.
    """
    link = certificate.payload.get("address") or verify_address(address, certificate.number)
    envelope = certificate_queries.envelope(certificate)
    made = _laid_out(Words(certificate, locale), organisation, link, envelope)
    return made if envelope is None else _signed(made, envelope)


def _laid_out(words: Words, organisation: str, link: str, envelope: Envelope | None) -> bytes:
    certificate = words.certificate
    title = (
        N_("Wipe certificate")
        if certificate.collection_id is None
        else N_("Wipe certificate of a collection")
    )
    pages = Pages(
        words.say(title),
        certificate.number,
        organisation=organisation,
        locale=words.locale,
        subtitle=day(certificate.issued_at, words.locale),
    )
    title, told, good = words.verdict()
    pages.band(title, told, good=good)
    pages.facts(words.head(organisation))
    _drives(pages, words)
    pages.heading(words.say(N_("What this says, and what it does not")))
    once = words.policies() if certificate.collection_id is not None else []
    for text in (*words.limits(), *once):
        pages.paragraph(text)
    for text in _CLAIMS:
        pages.paragraph(words.say(text), small=True)
    pages.heading(words.say(N_("Check it")))
    count = len(pages.flow)
    drawn, carried = code(envelope) if envelope else (_plain(link), N_("The code leads to the public page."))
    pages.paragraph(words.say(sentence(N_("At %(link)s, or with the code below."), link=link)))
    pages.paragraph(words.say(carried))
    pages.facts_beside(words.checks(), _picture(drawn), side_mm(drawn))
    pages.keep_last(len(pages.flow) - count + 1)
    for text in words.proofs():
        pages.paragraph(text, small=True)
    return pages.made()


def _drives(pages: Pages, words: Words) -> None:
    if words.certificate.collection_id is not None:
        pages.heading(words.say(N_("Devices and drives")))
        # A sentence between heading and table: else both are kept together, and a long table begins on a new page.
        pages.paragraph(
            words.say(N_("One line for each drive, device after device, in the order of their labels."))
        )
        heads = [N_("Device"), N_("Drive"), N_("How its data ended"), N_("Result")]
        pages.table([words.say(one) for one in heads], words.rows_by_device(), WIDTHS_BY_DEVICE_MM)
        return
    if words.lines:
        pages.heading(words.say(N_("Drives")))
        heads = [N_("No."), N_("Drive"), N_("How its data ended"), N_("Result")]
        pages.table([words.say(one) for one in heads], words.rows(), WIDTHS_MM, ["number", "", "", ""])
    declared = words.declarations()
    if declared:
        pages.heading(words.say(N_("Declared")))
        for one in declared:
            pages.paragraph(one)


def side_mm(drawn: qrcode.QRCode) -> float:
    """How large the code is printed, its quiet zone included."""
    return max(SMALLEST_QR_MM, (17 + 4 * (drawn.version or 1) + 8) * QR_MODULE_MM)


def code(envelope: Envelope) -> tuple[qrcode.QRCode, str]:
    """A QR code that proves the certificate without us, and a sentence that says what it carries.

    The whole signed file, where a code of `LARGEST_QR` holds it; otherwise number, time, fingerprint and signature.
    """
    try:
        whole = _fitted(code_rules.text(envelope, whole=True))
    except ValueError:
        whole = None
    if whole is not None:
        return whole, N_(
            "The code carries the whole signed certificate: the public page’s verifier reads it without a network."
        )
    short = _fitted(code_rules.text(envelope, whole=False))
    assert short is not None
    return short, N_(
        "The code carries number, time, fingerprint and signature; the whole signed certificate is attached to the PDF."
    )


def _fitted(text: str) -> qrcode.QRCode | None:
    """The code at the better correction that fits; None where it would be too fine for paper."""
    link, figures = text.split("#")
    for correction in (ERROR_CORRECT_M, ERROR_CORRECT_L):
        drawing = qrcode.QRCode(error_correction=correction, box_size=QR_MODULE_PX, border=4)
        drawing.add_data(QRData(f"{link}#".encode(), mode=MODE_8BIT_BYTE))
        drawing.add_data(QRData(figures.encode(), mode=MODE_NUMBER))
        with suppress(DataOverflowError):
            if drawing.best_fit(start=1) <= LARGEST_QR:
                return drawing
    return None


def _plain(link: str) -> qrcode.QRCode:
    drawing = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=QR_MODULE_PX, border=4)
    drawing.add_data(link)
    drawing.make()
    return drawing


def _picture(drawing: qrcode.QRCode) -> bytes:
    out = BytesIO()
    drawing.make_image().save(out, "PNG")
    return out.getvalue()


def _signed(made: bytes, envelope: Envelope) -> bytes:
    """The PDF with the signed file inside and, where our key is at hand, its own signature at the end."""
    writer = pypdf.PdfWriter(clone_from=BytesIO(made))
    number = str(envelope.payload["number"])
    attached = writer.add_attachment(f"{number}.json", envelope.written())
    attached.pdf_object[NameObject("/AFRelationship")] = NameObject("/Data")
    out = BytesIO()
    writer.write(out)
    signer = signing.signer_at_hand()
    if signer is None:
        return out.getvalue()
    return pdf_rules.signed(out.getvalue(), number, signatures.moment(clock.now()), signer)
