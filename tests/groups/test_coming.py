"""Whether a parent comes: one tap by the link of a mail or on her page, and nobody is given away by it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peersupport.accounts.models import Mail
from peersupport.audit.models import Entry
from peersupport.groups import cancelling, coming, membership, notices, rearranging
from peersupport.groups.models import Coming, Meeting, Membership
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.groups.test_notices import reachable
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db
Says = Coming.Says


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """The next meeting of Birch."""
    return cast.meeting(cast.birch, 1)


def path(cast: Cast, meeting: Meeting, seat: Membership | None = None) -> str:
    found = coming.link(member=seat or cast.seat(cast.toivo), meeting=meeting)
    return "/" + found.split("/", 3)[3]


def said(meeting: Meeting) -> list[str]:
    return list(Coming.objects.filter(meeting=meeting).values_list("says", flat=True))


@pytest.mark.check(48)
def test_the_link_of_a_reminder_keeps_what_she_taps_and_opening_it_keeps_nothing(
    cast: Cast, meeting: Meeting, settings: Any
) -> None:
    settings.DEMO = True
    reachable(cast.toivo)
    reachable(cast.ruben)
    day_before = meeting.starts_at - timedelta(days=1)
    notices.follow_the_dates(day_before - timedelta(minutes=1))
    do_due(duties["mail"], now=day_before, most=500)
    bodies = {one.subject: one.body for one in Mail.objects.filter(template="day-before", state="done")}
    link = re.search(r"https?://\S+(/d/\S+)", bodies[cast.toivo.pk])
    assert link
    # Who leads is asked in another way.
    assert "/d/" not in bodies[cast.ruben.pk]
    stranger = SecureClient()
    for method in (stranger.get, stranger.head, stranger.options, stranger.get):
        method(link[1])
    stranger.post(link[1], {})
    stranger.post(link[1], {"says": "rubbish"})
    assert said(meeting) == []
    for tapped in ("coming", "late", "not", "not"):
        answer = stranger.post(link[1], {"says": tapped}, follow=True)
        assert answer.status_code == 200
        assert said(meeting) == [tapped]
        assert answer.content.count(b'aria-pressed="true"') == 1
    assert not stranger.cookies, "nobody is signed in, and nothing is left on the device"
    # Three words were new; the record says that something was said, not what and not by whom.
    entries = Entry.objects.filter(what="date.answered")
    assert [(one.actor, one.facts) for one in entries] == [(None, {})] * 3


@pytest.mark.check(48)
def test_the_page_behind_the_link_says_nothing_of_her_or_the_group(cast: Cast, meeting: Meeting) -> None:
    seat = cast.seat(cast.toivo)
    answer = SecureClient().get(path(cast, meeting))
    page = unescape(answer.content.decode())
    assert timezone.localtime(meeting.starts_at).strftime("%H:%M") in page
    for secret in (
        seat.pseudonym,
        cast.birch.name,
        cast.birch.slug,
        meeting.topic,
        cast.birch.programme.title,
    ):
        assert secret not in page
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert page.rindex('content="no-referrer"') > page.index('content="same-origin"')


def test_the_page_speaks_as_the_mail_did_until_another_language_is_chosen_on_it(
    cast: Cast, meeting: Meeting
) -> None:
    cast.toivo.speak("sv")
    phone, link = SecureClient(), path(cast, meeting)
    assert "Kommer du?" in phone.get(link).content.decode()
    answer = phone.post("/language/", {"language": "fr", "next": link})
    assert answer["Location"] == link
    assert "Venez-vous" in phone.get(link).content.decode()


def test_a_link_says_kindly_when_its_time_is_over(cast: Cast, meeting: Meeting) -> None:
    now, stranger = cast.now, SecureClient()
    link, seat = path(cast, meeting), cast.seat(cast.toivo)

    def tapped() -> tuple[int, str]:
        stranger.get(link)
        answer = stranger.post(link, {"says": "coming"})
        return answer.status_code, re.sub(r"<[^>]+>", "", unescape(answer.content.decode()))

    change = cancelling.cancel(meeting=meeting, said=cancelling.Said(""), by=cast.salla, now=now)
    assert tapped()[0] == 410
    assert "This date does not take place" in tapped()[1]
    cancelling.take_back(change=change, by=cast.salla, now=now)
    assert tapped()[0] == 302, "it takes place after all, at the same time"
    day = timezone.localtime(meeting.starts_at).date() + timedelta(days=1)
    at = timezone.localtime(meeting.starts_at).time()
    rearranging.move(meeting=meeting, day=day, at=at, following=False, by=cast.salla, now=now)
    assert "This date has moved" in tapped()[1]
    # What she said was said of another time.
    assert coming.words_about([Meeting.objects.get(pk=meeting.pk)])[meeting.pk].any is False
    link = path(cast, Meeting.objects.get(pk=meeting.pk))
    Meeting.objects.filter(pk=meeting.pk).update(ends_at=now, starts_at=now - timedelta(hours=1))
    link = path(cast, Meeting.objects.get(pk=meeting.pk))
    assert "This date is over" in tapped()[1]
    membership.leave(membership=seat, by=None, now=now)
    assert "This link is not needed any more" in tapped()[1]
    assert stranger.get(link[:-3] + "xx/").status_code == 404
    assert stranger.get(path(cast, meeting, cast.seat(cast.aino))).status_code == 410, "another group's date"


def test_she_says_it_on_her_page_and_those_who_lead_read_it(cast: Cast) -> None:
    meeting = cast.meeting(cast.alder, 4)
    client = browser(cast.aino)
    home = f"/my/{cast.alder.slug}/"
    address = f"{home}dates/{meeting.pk}/"
    assert f'action="{address}"' in client.get(home).content.decode()
    page = unescape(client.post(address, {"says": "late"}, follow=True).content.decode())
    assert "Come whenever you can" in page
    assert re.search(r'value="late" aria-pressed="true"', page)
    browser(cast.berit).post(address, {"says": "not"})
    # Nobody answers for a date of another group, and who leads does not answer here.
    assert browser(cast.toivo).post(address, {"says": "coming"}).status_code == 404
    assert staff_browser(cast.maija).post(address, {"says": "coming"}).status_code == 404
    today = staff_browser(cast.maija).get("/today/").content.decode()
    assert "Late: Willow." in re.sub(r"<[^>]+>|\s+", " ", today).replace("  ", " ")
    assert re.search(r"4 have not said yet", today)
    # The others of the group learn nothing of it.
    assert "Come whenever" not in browser(cast.chloe).get(home).content.decode()


def test_words_about_dates_take_two_statements_however_many(cast: Cast, meeting: Meeting) -> None:
    for user, says in ((cast.toivo, Says.NOT), (cast.noor, Says.COMING)):
        coming.say(meeting=meeting, member=cast.seat(user), says=says, signed_in=True, now=cast.now)
    for meetings in ([meeting], list(cast.birch.meetings.all())):
        with CaptureQueriesContext(connection) as asked:
            words = coming.words_about(meetings)[meeting.pk]
        assert len(asked) == 2
    assert words.cannot == [cast.seat(cast.toivo).pseudonym]
    assert (len(words.coming), words.late, words.open) == (1, [], 1)


def test_what_was_seen_is_what_is_answered(cast: Cast, meeting: Meeting) -> None:
    """The date moves between her looking and her tapping."""
    seen = Meeting.objects.get(pk=meeting.pk)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=meeting.starts_at + timedelta(hours=1), ends_at=meeting.ends_at + timedelta(hours=1)
    )
    with pytest.raises(coming.NotNow, match="moved"):
        coming.say(
            meeting=seen, member=cast.seat(cast.toivo), says=Says.COMING, signed_in=True, now=timezone.now()
        )
