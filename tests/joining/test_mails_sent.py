"""At the desk stands what became of every mail, and neither an address nor a word of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.accounts.models import Mail
from peersupport.audit.models import Entry
from peersupport.groups import notices
from peersupport.joining.mails_sent import WHY
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.registries.visitors import staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.check(48)]


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


@pytest.fixture
def soon(cast: Cast) -> None:
    """The reminders of Birch's first meeting, one of each fate."""
    meeting = cast.meeting(cast.birch, 1)
    notices.remind(meetings=[meeting], now=meeting.starts_at - timedelta(days=3))
    fates = [("done", ""), ("failed", "Refused"), ("flagged", "stopped midway: may have been done")]
    fates += [("skipped", "nothing was marked safe"), ("due", "")]
    for (state, why), mail in zip(fates, Mail.objects.order_by("due_at", "pk"), strict=False):
        Mail.objects.filter(pk=mail.pk).update(state=state, why=why)


def page(salla: Client, query: str = "") -> str:
    answer = salla.get(f"/desk/mails/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_fate_is_shown_with_its_reason_and_whom_it_concerns(
    cast: Cast, salla: Client, soon: None
) -> None:
    shown = page(salla)
    for words in ("nothing was marked safe", "the mail server refused it", "it may have been sent"):
        assert words in shown
    assert f"{cast.seat(cast.toivo).pseudonym}, {cast.birch.name}" in shown
    assert "unclear: may have been sent" in page(salla, "?state=look")
    assert "nothing was marked safe" not in page(salla, "?state=look")
    assert Entry.objects.filter(what="mails.read", actor=cast.salla.pk).count() == 3


def test_no_address_and_no_word_of_a_mail_is_shown(cast: Cast, salla: Client, settings: object) -> None:
    meeting = cast.meeting(cast.birch, 1)
    settings.DEMO = True  # type: ignore[attr-defined]  # as pytest-django's fixture is used everywhere
    notices.follow_the_dates(meeting.starts_at - timedelta(days=1))
    do_due(duties["mail"], now=meeting.starts_at - timedelta(hours=1), most=100)
    sent = [mail for mail in Mail.objects.filter(state="done") if mail.member]
    assert sent
    shown = page(salla)
    assert "A reminder" in shown
    for mail in sent:
        assert mail.address
        assert mail.address not in shown
        assert "here is a reminder" in mail.body
    assert "here is a reminder" not in shown


@pytest.mark.parametrize(
    "query", ["?state=%00&page=x", "?state=nonsense&page=-7", "?page=999", "?state=look"]
)
def test_rubbish_in_the_address_is_no_error(salla: Client, soon: None, query: str) -> None:
    page(salla, query)


def test_the_page_costs_as_many_statements_for_one_mail_as_for_many(
    cast: Cast, salla: Client, soon: None
) -> None:
    page(salla)
    with CaptureQueriesContext(connection) as many:
        page(salla)
    assert Mail.objects.count() > 5
    Mail.objects.exclude(pk=Mail.objects.order_by("-due_at", "pk")[0].pk).delete()
    with CaptureQueriesContext(connection) as one:
        page(salla)
    assert len(one) == len(many)


def test_every_reason_that_a_row_can_give_is_said_in_words() -> None:
    from peersupport.accounts import composing, sending

    said = {composing.NOT_SAFE, composing.SWITCHED_OFF, sending.TOO_LATE}
    said |= {notices.NOT_NOW, notices.NEWER, notices.AGAIN}
    assert said <= WHY.keys()


def test_nobody_else_reads_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.aino)
    assert client.get("/desk/mails/").status_code == 404
    assert staff_browser(cast.maija).get("/desk/mails/").status_code == 404
