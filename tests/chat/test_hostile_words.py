"""Markup in every field that somebody can fill in: it is shown as the text it is, and nothing of it works."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from peersupport.chat import members, moderation
from peersupport.chat.course_models import Arrival
from peersupport.chat.meeting import checking_in, stages
from peersupport.chat.models import HeldMessage
from peersupport.chat.moderating import ejecting, quieting, reports, verifying
from peersupport.groups import agreeing, tasks
from peersupport.groups.models import Meeting, Membership, SupportGroup
from tests.browsing import ServedSite, Visitors
from tests.chat.conftest import Evening
from tests.chat.houses import seat
from tests.chat.saying import says
from tests.chat.screen import Screen
from tests.facilitators.conftest import enters

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(24)]

# Short enough for every name: a picture that runs what it fails with, and the end of whatever it stands in.
PICTURE = "<img src=x onerror=window.broken=1>"
MARKUP = f"\"'></script>{PICTURE}"
BROKEN_OUT = "img[src=x], [onerror]"


def hostile(field: str) -> str:
    """Markup that says where it was written."""
    return f"{field} {MARKUP}"


FIELDS: tuple[str, ...] = (
    "group",
    "topic",
    "line",
    "pinned",
    "removed",
    "declined",
    "muted",
    "report",
    "answer",
)
FIELDS += ("appeal", "check-in", "ejected", "verify")


@dataclass(frozen=True)
class Written:
    """An evening with markup everywhere, and what has a page of its own, by id."""

    evening: Evening
    ejection: UUID
    report: UUID
    appeal: UUID
    task: UUID


@pytest.fixture
def written(open_evening_room: Evening) -> Written:
    """By the site's own verbs; what has none is written where it is kept."""
    evening, now = open_evening_room, timezone.now()
    evening.knows("chloe")
    evening.knows("dara")
    _names(evening)
    room, cast = evening.room, evening.cast
    room.refresh_from_db()
    aino, berit, elias, maija = (seat(evening, name) for name in ("aino", "berit", "elias", "maija"))
    agreeing.write_down(group=cast.alder, lines=[hostile("line")], by=maija, now=now)
    pinned = says(evening, "berit", hostile("pinned"), confirmed=True)
    stages.pin(room, members.message_in(room, pinned), by=maija)
    removed = members.message_in(room, says(evening, "elias", "Too harsh."))
    moderation.remove(removed, by=maija, reason=hostile("removed"))
    answered = reports.report(members.message_in(room, pinned), by=aino, reason="seen?")
    reports.answer(answered, by=cast.maija, words=hostile("answer"))
    report = reports.report(members.message_in(room, pinned), by=elias, reason=hostile("report"))
    checking_in.check_in(room, by=aino, value=3, note=hostile("check-in"), confirmed=True, now=now)
    appeal = _declined(evening, aino, by=maija)
    quieting.mute(aino, by=maija, minutes=30, room=room, reason=hostile("muted"))
    ejection = ejecting.eject(seat(evening, "chloe"), by=maija, room=room, reason=hostile("ejected"))
    task = verifying.ask_to_verify(berit, by=maija, room=room, reason=hostile("verify"), now=now)
    # What was asked is told to who opens the task.
    tasks.open_task(task, by=cast.salla, now=now)
    return Written(evening, ejection.pk, report.pk, appeal, task.pk)


def _names(evening: Evening) -> None:
    group = evening.cast.alder
    SupportGroup.objects.filter(pk=group.pk).update(name=hostile("group"))
    Meeting.objects.filter(group=group).update(topic=hostile("topic"))
    # The longest that a pseudonym can be.
    Membership.objects.filter(pk=evening.seats["berit"]).update(pseudonym=f"Row {PICTURE}")
    Arrival.objects.filter(member=evening.seats["dara"]).delete()


def _declined(evening: Evening, aino: Membership, *, by: Membership) -> UUID:
    """A message of Aino's that was declined; gives the appeal."""
    moderation.set_mode(evening.room, "hold_all", by=by)
    message = says(evening, "aino", "Held first.")
    moderation.decline(HeldMessage.objects.get(message_id=message), by=by, reason=hostile("declined"))
    moderation.set_mode(evening.room, "live", by=by)
    return reports.appeal(evening.room, message, by=aino, reason=hostile("appeal")).pk


def test_on_plain_pages_nothing_that_somebody_wrote_becomes_markup(written: Written) -> None:
    shown = set()
    for name, paths in _paths(written).items():
        somebody = enters(getattr(written.evening.cast, name))
        for path in paths:
            answer = somebody.get(path)
            page = answer.content.decode()
            assert (path, answer.status_code) == (path, 200)
            assert PICTURE not in page, path
            assert MARKUP not in page, path
            shown |= {field for field in FIELDS if escape(hostile(field)) in page}
            shown |= {"pseudonym"} if escape(PICTURE) in page.replace(escape(MARKUP), "") else set()
    assert shown == {*FIELDS, "pseudonym"}


def _paths(written: Written) -> dict[str, list[str]]:
    """Every page on which such words may stand, by who reads it."""
    evening = written.evening
    room, group = evening.room.pk, evening.cast.alder.slug
    console, desk = f"/today/room/{room}/", "/desk/matters/"
    berit = evening.seats["berit"]
    return {
        "aino": [f"/my/{group}/", f"/room/{room}/"],
        "chloe": ["/my/"],
        "dara": [f"/room/{room}/in/"],
        "maija": [
            *("/today/", console, f"{console}beside/", f"{console}agreement/"),
            *(f"{console}ask/{act}/?target={berit}" for act in ("mute", "eject", "verify")),
        ],
        "salla": [
            *("/desk/", "/desk/places/", f"/desk/places/{group}/", desk),
            *(f"{desk}suspensions/{written.ejection}/", f"{desk}tasks/{written.task}/"),
            *(f"{desk}words/{one}/" for one in (written.report, written.appeal)),
        ],
    }


@pytest.mark.browser
def test_with_a_script_nothing_that_somebody_wrote_becomes_markup(
    site: ServedSite, visitors: Visitors, written: Written
) -> None:
    evening = written.evening
    room = Screen(visitors.enter(evening.cast.aino), site, evening).opens().page
    stands(room, "group", "pinned", "removed", "declined", "muted", "answer")
    console = visitors.enter(evening.cast.maija)
    console.goto(f"{site.url}/today/room/{evening.room.pk}/")
    expect(console.locator(".room-live")).to_be_attached()
    stands(console, "group", "pinned", "removed", "report", "appeal", "check-in", "ejected")
    for page in (room, console):
        stands(page)
        expect(page.locator(BROKEN_OUT)).to_have_count(0)
        assert page.evaluate("window.broken") is None


def stands(page: Page, *fields: str) -> None:
    """Waits until the words of these fields, and the pseudonym, stand somewhere on the page as text."""
    wanted = [*(hostile(field) for field in fields), f"Row {PICTURE}"]
    missing = "wanted => wanted.filter((words) => !document.body.textContent.includes(words))"
    try:
        page.wait_for_function(f"wanted => !({missing})(wanted).length", arg=wanted)
    except Error:
        raise AssertionError(f"not on the page: {page.evaluate(missing, wanted)}") from None
