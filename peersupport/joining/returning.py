"""She comes back without her code: by a link in a mail, or by her code word and a code on paper.

Either works once and for a short time. Who asks learns nothing: a page answers alike for every address, and
whether anyone is written to is decided later and elsewhere.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta

from django.db import transaction

from peersupport.accounts.models import Mail, User
from peersupport.audit.recording import record
from peersupport.joining import return_codes, telling
from peersupport.joining.access import address_hash, way_hash
from peersupport.joining.models import Application, LinkRequest, WayBack

# Counted from when the mail may go out: in her safe hours.
LINK_LASTS = timedelta(hours=2)
PAPER_LASTS = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=15)
WRONG_MOST = 3
LOCKED_FOR = timedelta(days=1)


class Locked(Exception):
    """Three wrong code words: this way is closed for a day."""


class NoCodeWord(Exception):
    """None was agreed in a talk."""


def ask(*, address: str, now: datetime) -> LinkRequest:
    """Notes that somebody asked for a link to this address."""
    return LinkRequest.objects.create(address=address.strip().lower(), due_at=now)


def answer(request: LinkRequest, now: datetime) -> None:
    """The duty: queues the mail if the address is an applicant's and safe, and forgets the address."""
    with transaction.atomic():
        hashed = address_hash(request.address)
        found = Application.objects.select_related("contact").filter(address_hash=hashed)
        # The one she worked on last; the lock keeps two requests from sending two mails.
        application = found.select_for_update(of=("self",)).order_by("-changed_at").first()
        if application is not None:
            _write_to(application, request.address, now)
        request.address = ""
        request.save(update_fields=["address"])


def open_link(token: str, now: datetime) -> bool:
    """Whether a link still works. Looking changes nothing: mail programs look, too."""
    return WayBack.objects.filter(token_hash=way_hash(token), used_at=None, until__gt=now).exists()


@transaction.atomic
def by_link(token: str, *, now: datetime) -> Application | None:
    """Uses a link up and gives her application; None for an unknown, used or lapsed one."""
    way = _use(token, WayBack.Kind.MAIL, now)
    return way.application if way is not None else None


@transaction.atomic
def by_paper(entered: str, *, now: datetime) -> Application | None:
    """Uses a one-time code up: her application gets a new return code, and the lost one leads nowhere."""
    code = return_codes.read(entered)
    way = _use(code, WayBack.Kind.PAPER, now) if code is not None else None
    if way is None:
        return None
    application = way.application
    application.code = return_codes.new_code()
    application.code_hash = return_codes.code_hash(application.code)
    application.save(update_fields=["code", "code_hash"])
    return application


@transaction.atomic
def one_time_code(*, application: Application, said: str, by: User, now: datetime) -> str | None:
    """A code to hand over if what the caller said is the code word; None if it is not.

    The coordinator types what she hears and never sees the word. Raises Locked after three wrong words, for
    a day, also for the right one; NoCodeWord where none was agreed.
    """
    # Row lock: tries are counted one by one.
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.words_locked_until is not None and now < fresh.words_locked_until:
        raise Locked
    word = code_word(fresh)
    if not word:
        raise NoCodeWord
    if not hmac.compare_digest(_folded(word).encode(), _folded(said).encode()):
        _note_wrong(fresh, by, now)
        return None
    fresh.wrong_words, fresh.words_locked_until = 0, None
    fresh.save(update_fields=["wrong_words", "words_locked_until"])
    code = return_codes.new_code()
    # The newest alone counts: an earlier one may lie about.
    _end(fresh, WayBack.Kind.PAPER, now)
    _make(fresh, WayBack.Kind.PAPER, code, now=now, until=now + PAPER_LASTS)
    record(what="code_word.right", by=by, about=fresh)
    return code


def is_parent_alone(user: User) -> bool:
    """Whether a code on paper may open this account: never one of the staff, and none that is closed."""
    return user.is_active and not user.staff_roles.exists()


def code_word(application: Application) -> str:
    """The word that was agreed in the last talk that agreed on one; empty where none did."""
    return next((one.code_word for one in application.interviews.all() if one.code_word), "")


def forget_old(now: datetime) -> None:
    """Deletes requests that were answered, and ways back that are over."""
    LinkRequest.objects.exclude(state__in=[Mail.State.DUE, Mail.State.DOING]).filter(due_at__lt=now).delete()
    WayBack.objects.filter(until__lt=now).delete()


def _write_to(application: Application, address: str, now: datetime) -> None:
    contact = application.contact
    if contact is None or not contact.email_is_safe or contact.address.lower() != address:
        return
    # Whoever asks again and again fills somebody's mailbox, where others may see that mails come.
    links = application.ways_back.filter(kind=WayBack.Kind.MAIL)
    if links.filter(made_at__gt=now - AGAIN_AFTER).exists():
        return
    token = secrets.token_urlsafe(24)
    mail = telling.link(application=application, token=token, now=now)
    if mail is not None:
        _end(application, WayBack.Kind.MAIL, now)
        _make(application, WayBack.Kind.MAIL, token, now=now, until=mail.due_at + LINK_LASTS)
        record(what="return_link.asked", by=None, about=application)


def _make(
    application: Application, kind: WayBack.Kind, token: str, *, now: datetime, until: datetime
) -> None:
    WayBack.objects.create(
        application=application, kind=kind, token_hash=way_hash(token), made_at=now, until=until
    )


def _end(application: Application, kind: WayBack.Kind, now: datetime) -> None:
    application.ways_back.filter(kind=kind, used_at=None).update(used_at=now)


def _use(token: str, kind: WayBack.Kind, now: datetime) -> WayBack | None:
    # Row lock: of two who use it in the same moment one is in.
    open_ways = WayBack.objects.select_for_update(of=("self",)).select_related("application")
    way = open_ways.filter(token_hash=way_hash(token), kind=kind, used_at=None, until__gt=now).first()
    if way is not None:
        way.used_at = now
        way.save(update_fields=["used_at"])
        record(what="way_back.used", by=None, about=way.application, kind=str(kind))
    return way


def _note_wrong(application: Application, by: User, now: datetime) -> None:
    application.wrong_words += 1
    locked = application.wrong_words >= WRONG_MOST
    if locked:
        application.wrong_words, application.words_locked_until = 0, now + LOCKED_FOR
    application.save(update_fields=["wrong_words", "words_locked_until"])
    record(what="code_word.wrong", by=by, about=application, locked=locked)


def _folded(words: str) -> str:
    """As it is said: capitals, accents typed otherwise and spaces make no difference."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())
