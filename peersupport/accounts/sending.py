"""Sends one mail by SMTP (RFC 5321), and knows afterwards what became of it: sent, not sent, or unclear."""

from __future__ import annotations

import contextlib
import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from peersupport.accounts import composing, switches
from peersupport.accounts.mail import in_safe_hours, is_still_wanted, language_of
from peersupport.accounts.models import Mail
from peersupport.work.duties import Later, Skipped, Unclear

log = logging.getLogger("peersupport.mail")

SECONDS = 20
MINUTES_BETWEEN_TRIES = (1, 2, 5, 15, 30, 60)
# About three days: the last pause is repeated.
MOST_TRIES = 76
TOO_LATE = "too late to be of use"
# Lines are as long as RFC 5322 allows: a library that breaks an address in a header breaks the header.
LINES = policy.SMTP.clone(max_line_length=998)


class MailServerAway(Exception):
    """Nobody answered, or not now: nothing was sent."""


class Refused(Exception):
    """The mail server said no for good: nothing was sent."""


@dataclass(frozen=True)
class Server:
    """Where mails are handed over, read from EMAIL_URL."""

    host: str
    port: int
    user: str
    password: str
    tls_from_start: bool
    start_tls: bool


def server(url: str) -> Server:
    """smtp://user:password@host:port, smtp+tls://… (STARTTLS; ?tls=1 says the same) or smtps://… (TLS from
    the start); ValueError for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ValueError("EMAIL_URL must begin with smtp://, smtp+tls:// or smtps:// and name a host.")
    tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_from_start=tls,
        start_tls=parts.scheme == "smtp+tls" or parse_qs(parts.query).get("tls", ["0"])[0] == "1",
    )


def send(mail: Mail, now: datetime) -> None:
    """The duty: hands one due mail over, unless consent or hours no longer allow it.

    In the demonstration without a mail server it is kept for the outbox page.
    """
    if mail.member is not None:
        composing.compose(mail)
    if not is_still_wanted(mail):
        raise Skipped("no longer marked safe")
    assert mail.contact is not None
    allowed = in_safe_hours(mail.contact, now)
    if mail.wanted_until is not None and allowed >= mail.wanted_until:
        raise Skipped(TOO_LATE)
    if allowed > now:
        raise Later(allowed)
    if not settings.EMAIL_URL:
        if settings.DEMO:
            return
        _wait(mail, now, why="no mail server is set (EMAIL_URL)")
    try:
        _hand_over(_message(mail, now), server(settings.EMAIL_URL))
    except MailServerAway:
        _wait(mail, now, why="the mail server does not answer")


def _wait(mail: Mail, now: datetime, *, why: str) -> None:
    if mail.tries >= MOST_TRIES:
        raise MailServerAway
    minutes = MINUTES_BETWEEN_TRIES[min(mail.tries, len(MINUTES_BETWEEN_TRIES) - 1)]
    until = now + timedelta(minutes=minutes)
    # An alarm that names nobody. The others need not each wait for the same silence.
    waiting = Mail.objects.filter(state=Mail.State.DUE, due_at__lte=now).update(due_at=until)
    log.error("mail waits until %s: %s (%d more)", until.isoformat(timespec="minutes"), why, waiting)
    Mail.objects.filter(pk=mail.pk).update(tries=mail.tries + 1)
    raise Later(until, why=why)


def _message(mail: Mail, now: datetime) -> EmailMessage:
    assert mail.contact is not None
    message = EmailMessage()
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] or "localhost"
    message["Subject"] = mail.title
    message["From"] = formataddr((settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL))
    message["To"] = mail.address
    message["Date"] = format_datetime(timezone.localtime(now))
    message["Message-ID"] = make_msgid(domain=domain)
    # RFC 3834: no holiday reply comes back to us.
    message["Auto-Submitted"] = "auto-generated"
    _say_how_it_stops(message, mail)
    message.set_content(mail.body)
    with translation.override(language_of(mail.contact)):
        html = render_to_string("accounts/mail/frame.html", {"title": mail.title, "body": mail.body})
    message.add_alternative(html, subtype="html")
    # The bodies are encoded by now, in short lines; it is for the headers alone.
    message.policy = LINES
    return message


def _say_how_it_stops(message: EmailMessage, mail: Mail) -> None:
    """One tap in her mail program switches this kind off: RFC 2369 and RFC 8058."""
    assert mail.contact is not None
    kind = switches.kind_of(mail.template)
    if kind and mail.contact.user_id:
        message["List-Unsubscribe"] = f"<{switches.link(user_id=mail.contact.user_id, kind=kind)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _hand_over(message: EmailMessage, where: Server) -> None:
    with _connection(where) as smtp:
        try:
            smtp.send_message(message)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _verdict(error.smtp_code) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _verdict(next(iter(error.recipients.values()))[0]) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # It may have been taken before the line went dead: a second copy must not follow by itself.
            raise Unclear("the line went dead while sending") from error


def _verdict(code: int) -> Exception:
    return MailServerAway() if 400 <= code < 500 else Refused()


@cache
def _trusted() -> ssl.SSLContext:
    # Read once: to read all authorities takes longer than to send a mail.
    return ssl.create_default_context()


@contextmanager
def _connection(where: Server) -> Iterator[smtplib.SMTP]:
    own_name = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] or "localhost"
    try:
        smtp = (
            smtplib.SMTP_SSL(where.host, where.port, own_name, timeout=SECONDS, context=_trusted())
            if where.tls_from_start
            else smtplib.SMTP(where.host, where.port, own_name, timeout=SECONDS)
        )
        if where.start_tls:
            smtp.starttls(context=_trusted())
        if where.user:
            smtp.login(where.user, where.password)
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerAway from error
    try:
        yield smtp
    finally:
        # Whatever happens while saying goodbye, the mail's fate is known by now.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        smtp.close()
