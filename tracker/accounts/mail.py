"""Letters with a one-time link, by the server named in TRACKER_MAIL_URL. Where none is set, the link is shown."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from tracker.accounts.models import User
from tracker.accounts.rules import LINK_LIFE, LinkPurpose

log = logging.getLogger(__name__)

PATIENCE_S = 15


def is_set() -> bool:
    return bool(current_app.config["SETTINGS"].mail_url)


def address_of(token: str) -> str:
    """The whole address behind a one-time token, on the site's public address."""
    site: str = current_app.config["SETTINGS"].site_url
    return site + url_for("accounts.choose_password", token=token)


def send_link(user: User, purpose: LinkPurpose, token: str) -> bool:
    """Write to the user; False when the letter could not be handed over (the caller shows the link instead)."""
    return _deliver(current_app.config["SETTINGS"].mail_url, _letter(user, purpose, token))


def send_link_later(user: User, purpose: LinkPurpose, token: str) -> None:
    """The same without waiting, so that the time taken does not tell whether the address is known."""
    url, letter = current_app.config["SETTINGS"].mail_url, _letter(user, purpose, token)
    threading.Thread(target=_deliver, args=(url, letter), daemon=True).start()


def _letter(user: User, purpose: LinkPurpose, token: str) -> EmailMessage:
    settings = current_app.config["SETTINGS"]
    host = urlsplit(settings.site_url).hostname or "localhost"
    letter = EmailMessage()
    with force_locale(user.locale or settings.locale):
        letter["Subject"], text = _words(user, purpose, address_of(token), settings.organisation)
    letter.set_content(text)
    letter["From"] = f"tracker@{host}"
    letter["To"] = user.email
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=host)
    letter["Auto-Submitted"] = "auto-generated"
    return letter


def _words(user: User, purpose: LinkPurpose, link: str, place: str) -> tuple[str, str]:
    """Subject and text, in the language in force."""
    hours = int(LINK_LIFE[purpose].total_seconds() // 3600)
    if purpose is LinkPurpose.INVITATION:
        subject = _("Your invitation to %(place)s", place=place)
        task = _("You are invited to the tracker of %(place)s. Choose your password here:", place=place)
    else:
        subject = _("A new password for %(place)s", place=place)
        task = _("Choose a new password for the tracker of %(place)s here:", place=place)
    limit = _("The link works once, within %(hours)s hours.", hours=hours)
    doubt = _("If you did not expect this letter, do nothing: nothing changes.")
    return subject, "\n\n".join(
        [_("Hello %(name)s,", name=user.name), task, link, f"{limit}\n{doubt}"]
    ) + "\n"


def _deliver(url: str, letter: EmailMessage) -> bool:
    parts = urlsplit(url)
    try:
        with _server(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter)
    except (OSError, smtplib.SMTPException):
        log.exception("a letter could not be handed to %s", parts.hostname)
        return False
    return True


def _server(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=PATIENCE_S, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 25, timeout=PATIENCE_S)
    server.ehlo()
    return server
