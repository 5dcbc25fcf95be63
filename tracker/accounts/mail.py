"""Letters with a one-time link, by the server named in TRACKER_MAIL_URL. Where none is set, the link is shown."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template, url_for
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
    hours = int(LINK_LIFE[purpose].total_seconds() // 3600)
    letter = EmailMessage()
    with force_locale(user.locale or settings.locale):
        invited = purpose is LinkPurpose.INVITATION
        letter["Subject"] = (
            _("Your invitation to %(place)s", place=settings.organisation)
            if invited
            else _("A new password for %(place)s", place=settings.organisation)
        )
        letter.set_content(
            render_template(
                "accounts/letter.txt", user=user, invited=invited, link=address_of(token), hours=hours
            )
        )
    letter["From"] = f"tracker@{urlsplit(settings.site_url).hostname}"
    letter["To"] = user.email
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=urlsplit(settings.site_url).hostname)
    letter["Auto-Submitted"] = "auto-generated"
    return letter


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
