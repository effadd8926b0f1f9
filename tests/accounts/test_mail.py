"""Mails: only where and when that is safe, in approved words, sent once or said to be unclear."""

from __future__ import annotations

import re
import smtplib
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import strip_tags

from peersupport.accounts import contact as contacts
from peersupport.accounts import mail, resetting, sending
from peersupport.accounts.contact import Wishes
from peersupport.accounts.models import Mail, ResetRequest, SafeContact, User
from peersupport.groups.neutral import telling
from peersupport.vault import keys
from peersupport.work.duties import duties
from peersupport.work.loop import do_due, mend_stuck, take
from tests.accounts.post_office import post_office
from tests.cast import Cast
from tests.ports import free_port

GOLDEN = Path(__file__).with_name("golden_mails")
CONTEXT = {
    "link": "https://localhost/a-link/",
    "when": "Thursday 14 January 2027, 18:00 (Helsinki)",
    "answer": "https://localhost/d/a-token/",
    "stop": "https://localhost/u/a-token/",
}
AFTERNOON = datetime(2027, 1, 14, 14, 0, tzinfo=UTC)


def reachable(user: User, *, address: str = "", hours: tuple[int, int] | None = None) -> SafeContact:
    """This person says it is safe to write to her (in those hours of her clock)."""
    contact = contacts.of(user) or SafeContact(user=user, subject=user.pk)
    begins, ends = hours or (None, None)
    wishes = Wishes(
        email_is_safe=True, address=address or "aino@demo.example", from_hour=begins, until_hour=ends
    )
    return contacts.keep(contact=contact, wishes=wishes, time_zone="Europe/Helsinki", by=user)


def queued(contact: SafeContact, now: datetime = AFTERNOON, **options: Any) -> Mail:
    found = mail.queue(contact=contact, template="password-reset", context=CONTEXT, now=now, **options)
    assert found is not None
    return found


def deliver(settings: Any, port: int, now: datetime = AFTERNOON) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    do_due(duties["mail"], now=now)


@pytest.mark.check(48)
def test_a_mail_arrives_with_approved_words_and_a_neutral_sender(cast: Cast, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "hello@house.example"
    row = queued(reachable(cast.aino))
    with post_office() as office:
        deliver(settings, office.port)
    [message] = office.mails
    assert message["Subject"] == "Your link"
    assert message["From"] == f"{settings.SITE_NAME} <hello@house.example>"
    assert message["To"] == "aino@demo.example"
    assert office.helo == "house.example"
    assert message["Message-ID"].endswith("@house.example>")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert CONTEXT["link"] in plain.get_content()
    assert f'href="{CONTEXT["link"]}"' in html.get_content()
    row.refresh_from_db()
    assert row.state == "done"


@pytest.mark.check(48)
@pytest.mark.parametrize("name", sorted(mail.approved()))
def test_every_mail_reads_as_it_was_approved(cast: Cast, name: str) -> None:
    row = mail.queue(contact=reachable(cast.aino), template=name, context=CONTEXT, now=AFTERNOON)
    assert row is not None
    assert f"{row.title}\n\n{row.body}" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.check(48)
@pytest.mark.parametrize("name", sorted(mail.approved()))
def test_no_mail_says_what_the_site_is_about(name: str) -> None:
    kind = mail.approved()[name]
    title, body = mail.written(kind, CONTEXT, language="en")
    assert {word for text in (title, body) for word in telling(text)} == set()
    # What a list of mails shows of it, beside the subject.
    assert body.startswith("Hello,")


@pytest.mark.check(48)
@pytest.mark.parametrize("name", sorted(mail.approved()))
def test_the_html_is_as_calm_as_the_plain_text_and_loads_nothing(cast: Cast, name: str) -> None:
    row = mail.queue(contact=reachable(cast.aino), template=name, context=CONTEXT, now=AFTERNOON)
    assert row is not None
    message = sending._message(row, AFTERNOON)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    shown = html.get_content()
    assert (
        re.findall(r"<(?:img|script|style|link|iframe|video|object)|\b(?:src|style|background)=", shown) == []
    )
    links = set(re.findall(r"https?://[^\s\"<]+", shown))
    assert links == set(re.findall(r"https?://\S+", plain.get_content()))
    # Line breaks are marks there, not blanks.
    assert _letters(unescape(strip_tags(shown))) == _letters(row.title + plain.get_content())


def _letters(text: str) -> str:
    return "".join(text.split())


@pytest.mark.check(48)
@pytest.mark.parametrize("name", sorted(mail.approved()))
def test_no_subject_says_what_the_site_is_about(name: str) -> None:
    words = {
        *[
            "abuse",
            "parent",
            "group",
            "child",
            "support",
            "harm",
            "victim",
            "room",
            "meeting",
            "sexual",
            "help",
            "safe",
        ]
    }
    subject = mail.approved()[name].subject.lower()
    assert {word for word in words if word in subject} == set()


@pytest.mark.check(48)
@pytest.mark.parametrize(
    "wishes",
    [Wishes(email_is_safe=False, address="berit@demo.example"), Wishes(email_is_safe=True, address="")],
    ids=["not safe", "no address"],
)
def test_nothing_is_written_where_mail_is_not_safe(cast: Cast, wishes: Wishes) -> None:
    contact = contacts.of(cast.berit) or SafeContact(user=cast.berit, subject=cast.berit.pk)
    contacts.keep(contact=contact, wishes=wishes, time_zone="Europe/Stockholm", by=cast.berit)
    assert mail.queue(contact=contact, template="password-reset", context=CONTEXT, now=AFTERNOON) is None
    assert mail.queue(contact=None, template="password-reset", context=CONTEXT, now=AFTERNOON) is None
    assert not Mail.objects.exists()


@pytest.mark.check(48)
def test_a_mail_that_waits_is_not_sent_once_the_mailbox_is_no_longer_safe(cast: Cast, settings: Any) -> None:
    contact = reachable(cast.aino)
    row = queued(contact)
    contacts.keep(
        contact=contact, wishes=Wishes(email_is_safe=False), time_zone="Europe/Helsinki", by=cast.aino
    )
    with post_office() as office:
        deliver(settings, office.port)
    row.refresh_from_db()
    assert (row.state, row.why, office.mails) == ("skipped", "no longer marked safe", [])


@pytest.mark.check(48)
def test_a_mail_to_a_former_address_is_not_sent(cast: Cast, settings: Any) -> None:
    row = queued(reachable(cast.aino, address="old@demo.example"))
    reachable(cast.aino, address="new@demo.example")
    with post_office() as office:
        deliver(settings, office.port)
    row.refresh_from_db()
    assert (row.state, office.mails) == ("skipped", [])


@pytest.mark.check(48, 52)
def test_a_mail_of_an_erased_person_is_not_sent(cast: Cast, settings: Any) -> None:
    row = queued(reachable(cast.aino))
    keys.destroy(subject=cast.aino.pk)
    with post_office() as office:
        deliver(settings, office.port)
    assert Mail.objects.values_list("state", flat=True).get(pk=row.pk) == "skipped"
    assert office.mails == []


@pytest.mark.check(48)
def test_a_mail_waits_for_the_safe_hours_and_is_asked_again_when_it_is_sent(
    cast: Cast, settings: Any
) -> None:
    contact = reachable(cast.aino, hours=(18, 20))
    row = queued(contact, now=AFTERNOON)
    assert row.due_at == datetime(2027, 1, 14, 16, 0, tzinfo=UTC)
    # The worker was away until the safe hours were over: it waits for the next evening.
    with post_office() as office:
        deliver(settings, office.port, now=datetime(2027, 1, 14, 19, 0, tzinfo=UTC))
        row.refresh_from_db()
        assert (row.state, row.due_at) == ("due", datetime(2027, 1, 15, 16, 0, tzinfo=UTC))
        assert office.mails == []
        deliver(settings, office.port, now=row.due_at)
    assert len(office.mails) == 1


@pytest.mark.check(28)
@pytest.mark.parametrize("end", ["\r\nBcc: everyone@demo.example", "\n", "\0", "\u2028x"])
def test_an_address_that_would_break_out_of_its_line_is_refused(cast: Cast, end: str) -> None:
    contact = reachable(cast.aino)
    contact.address = f"aino@demo.example{end}x"
    with pytest.raises((mail.UnsafeWords, ValidationError)):
        mail.queue(contact=contact, template="password-reset", context=CONTEXT, now=AFTERNOON)
    assert not Mail.objects.exists()


def test_a_mail_that_nobody_approved_cannot_be_queued(cast: Cast) -> None:
    with pytest.raises(KeyError):
        mail.queue(contact=reachable(cast.aino), template="anything", context={}, now=AFTERNOON)


@pytest.mark.check(54)
def test_address_and_words_of_a_mail_are_ciphertext_in_the_database(cast: Cast) -> None:
    row = queued(reachable(cast.aino))
    raw = str(list(Mail.objects.filter(pk=row.pk).values_list()))
    assert "Your link" in raw
    assert "aino@demo.example" not in raw
    assert CONTEXT["link"] not in raw


@pytest.mark.check(21)
def test_with_the_mail_server_away_mails_wait_longer_and_longer_and_an_alarm_is_logged(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = queued(reachable(cast.aino)), queued(reachable(cast.elias, address="elias@demo.example"))
    dead, now, waits = free_port(), AFTERNOON, []
    for _ in range(4):
        deliver(settings, dead, now=now)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == ("due", "due")
        earliest = min(first.due_at, second.due_at)
        waits.append(earliest - now)
        now = earliest
    assert waits[0] == timedelta(minutes=1)
    assert first.tries + second.tries == 4
    assert "the mail server does not answer" in caplog.text
    assert "aino" not in caplog.text
    with post_office() as office:
        deliver(settings, office.port, now=now + timedelta(hours=2))
    assert len(office.mails) == 2


def test_the_pause_between_tries_grows(cast: Cast, settings: Any) -> None:
    row, dead, now, waits = queued(reachable(cast.aino)), free_port(), AFTERNOON, []
    for _ in range(7):
        deliver(settings, dead, now=now)
        row.refresh_from_db()
        waits.append((row.due_at - now) // timedelta(minutes=1))
        now = row.due_at
    assert waits == [1, 2, 5, 15, 30, 60, 60]


def test_after_three_days_without_a_mail_server_a_mail_is_given_up(cast: Cast, settings: Any) -> None:
    row = queued(reachable(cast.aino))
    Mail.objects.update(tries=sending.MOST_TRIES)
    deliver(settings, free_port())
    row.refresh_from_db()
    assert row.state == "failed"


@pytest.mark.parametrize(("says", "state"), [("451 not now", "due"), ("550 never", "failed")])
def test_a_server_that_says_no_for_now_is_asked_again_and_one_that_says_never_is_not(
    cast: Cast, settings: Any, says: str, state: str
) -> None:
    row = queued(reachable(cast.aino))
    with post_office(says) as office:
        deliver(settings, office.port)
    row.refresh_from_db()
    assert row.state == state


@pytest.mark.check(15)
def test_a_line_that_goes_dead_while_sending_leaves_the_mail_flagged_and_not_sent_twice(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(reachable(cast.aino))
    with post_office() as office:
        hand_over = smtplib.SMTP.send_message

        def then_silence(smtp: Any, *args: Any, **options: Any) -> Any:
            hand_over(smtp, *args, **options)
            raise ConnectionResetError

        monkeypatch.setattr(smtplib.SMTP, "send_message", then_silence)
        deliver(settings, office.port)
        deliver(settings, office.port, now=AFTERNOON + timedelta(days=1))
    row.refresh_from_db()
    assert row.state == "flagged"
    assert len(office.mails) == 1


@pytest.mark.check(15)
def test_a_worker_that_dies_while_sending_leaves_the_mail_flagged(cast: Cast, settings: Any) -> None:
    row = queued(reachable(cast.aino))
    assert take(duties["mail"], now=AFTERNOON) == row
    later = AFTERNOON + timedelta(minutes=11)
    mend_stuck(duties["mail"], now=later)
    with post_office() as office:
        deliver(settings, office.port, now=later)
    row.refresh_from_db()
    assert (row.state, office.mails) == ("flagged", [])


@pytest.mark.parametrize(
    "url", ["http://mail.example", "smtp://", "mail.example:25"], ids=["scheme", "no host", "bare"]
)
def test_a_mail_server_that_cannot_be_read_is_named_at_the_start(settings: Any, url: str) -> None:
    settings.EMAIL_URL = url
    from peersupport.accounts.checks import mail_can_be_sent

    assert [found.id for found in mail_can_be_sent(None)] == ["accounts.E001"]


def test_a_mail_server_is_read_from_its_address() -> None:
    assert sending.server("smtps://me:p%40ss@mail.example") == sending.Server(
        host="mail.example", port=465, user="me", password="p@ss", tls_from_start=True, start_tls=False
    )
    assert sending.server("smtp://mail.example:2525?tls=1").start_tls
    assert sending.server("smtp+tls://me:p%40ss@mail.example") == sending.Server(
        host="mail.example", port=587, user="me", password="p@ss", tls_from_start=False, start_tls=True
    )


def test_in_the_demonstration_mails_are_kept_for_the_outbox_and_nowhere_else_is_one(
    cast: Cast, settings: Any, client: Any
) -> None:
    assert client.get("/outbox/").status_code == 404
    settings.DEMO = True
    row = queued(reachable(cast.aino), now=timezone.now())
    do_due(duties["mail"], now=timezone.now())
    row.refresh_from_db()
    assert row.state == "done"
    page = client.get("/outbox/").content.decode()
    assert "aino@demo.example" in page
    assert f'href="{CONTEXT["link"]}"' in page


def test_without_a_mail_server_mails_wait_and_are_not_lost(cast: Cast, settings: Any) -> None:
    settings.EMAIL_URL = ""
    row = queued(reachable(cast.aino))
    do_due(duties["mail"], now=AFTERNOON)
    row.refresh_from_db()
    assert row.state == "due"


@pytest.mark.check(52)
def test_finished_mails_are_deleted_after_their_time(cast: Cast, settings: Any) -> None:
    old, waiting = queued(reachable(cast.aino)), queued(reachable(cast.aino))
    Mail.objects.filter(pk=old.pk).update(state="done", done_at=AFTERNOON)
    mail.forget_old(AFTERNOON + timedelta(days=settings.MAIL_DAYS - 1))
    assert Mail.objects.count() == 2
    mail.forget_old(AFTERNOON + timedelta(days=settings.MAIL_DAYS + 1))
    assert list(Mail.objects.all()) == [waiting]


@pytest.mark.check(35, 48)
def test_a_new_password_is_offered_by_mail_only_to_a_safe_address_that_signs_in(cast: Cast) -> None:
    reachable(cast.aino)
    now = timezone.now()
    # Elias signs in with his address and never said it was safe.
    SafeContact.objects.filter(user=cast.elias).update(email_is_safe=False)
    for address in ("Aino@Demo.Example", str(cast.elias.email), "nobody@demo.example"):
        resetting.ask(address=address, now=now)
    do_due(duties["reset"], now=now)
    assert [row.address for row in Mail.objects.all()] == ["aino@demo.example"]
    assert [row.address for row in ResetRequest.objects.all()] == [""] * 3
    resetting.forget_old(now + timedelta(hours=1))
    assert not ResetRequest.objects.exists()


def test_the_link_in_the_mail_sets_a_new_password_once(cast: Cast, client: Any) -> None:
    reachable(cast.aino)
    now = timezone.now()
    resetting.ask(address="aino@demo.example", now=now)
    do_due(duties["reset"], now=now)
    link = next(line for line in Mail.objects.get().body.splitlines() if line.startswith("http"))
    path = link.removeprefix("https://localhost")
    page = client.get(path, follow=True)
    form = page.redirect_chain[-1][0]
    words = "four other calm words"
    done = client.post(form, {"password1": words, "password2": words}, follow=True)
    assert "Your new password holds" in done.content.decode()
    cast.aino.refresh_from_db()
    assert cast.aino.check_password(words)
    assert "used already" in client.get(path, follow=True).content.decode()
