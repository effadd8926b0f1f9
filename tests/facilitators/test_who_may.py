"""What a facilitator's pages take in, they take from her alone: what others send does nothing."""

from __future__ import annotations

import re

import pytest

from peersupport.audit.models import Entry
from peersupport.chat.models import Room
from peersupport.groups import agreeing
from peersupport.groups.models import Meeting, Task
from tests.cast import Cast
from tests.facilitators.conftest import enters
from tests.registries.visitors import task_about

pytestmark = [pytest.mark.django_db, pytest.mark.check(30, 31)]

MISSING = "00000000-0000-4000-8000-000000000000"
LINES = ["We begin on time."]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Alder's third meeting, not talked over yet."""
    found = cast.meeting(cast.alder, 3)
    Meeting.objects.filter(pk=found.pk).update(debriefed_at=None)
    return found


@pytest.fixture
def task(cast: Cast) -> Task:
    """Something to see to in Alder."""
    return task_about(cast, cast.alder)


@pytest.mark.parametrize("who", ["aino", "toivo", "ruben", "salla", "tuuli"])
def test_what_a_facilitator_sends_is_refused_to_everybody_else_and_changes_nothing(
    cast: Cast, evening: Room, meeting: Meeting, task: Task, who: str
) -> None:
    somebody, maija = enters(getattr(cast, who)), enters(cast.maija)
    before, noted = what_is(evening, meeting, task), Entry.objects.count()
    sent = what_is_sent(evening, meeting, task)
    for path, fields in sent.items():
        there, missing = (
            somebody.post(one, fields) for one in (path, re.sub(r"[0-9a-f-]{36}", MISSING, path))
        )
        assert (path, there.status_code) == (path, 404)
        assert there.content == missing.content
    assert (what_is(evening, meeting, task), Entry.objects.count()) == (before, noted)
    # The same by her for whom it is: there was something to refuse.
    for path, fields in sent.items():
        assert (path, maija.post(path, fields).status_code) == (path, 302)
    assert what_is(evening, meeting, task) == (Room.State.CLOSED, True, LINES, True)


def what_is_sent(room: Room, meeting: Meeting, task: Task) -> dict[str, dict[str, str]]:
    """The forms of her pages, filled in. The room's box is tried with the rooms."""
    return {
        f"/today/meeting/{meeting.pk}/attendance/": {},
        f"/today/meeting/{meeting.pk}/debrief/": {"hand_in": "1", "strain": "3", "incident": "none"},
        f"/today/meeting/{meeting.pk}/after/": {"close": "1"},
        f"/today/task/{task.pk}/": {"open": ""},
        f"/today/room/{room.pk}/agreement/": {"lines": "\n".join(LINES)},
        f"/today/room/{room.pk}/act/": {"act": "close"},
    }


def what_is(room: Room, meeting: Meeting, task: Task) -> tuple[str, bool, list[str], bool]:
    """What those forms change."""
    for row in (room, meeting, task):
        row.refresh_from_db()
    lines = agreeing.lines_of(room.group)
    return room.state, meeting.debriefed_at is not None, lines, task.opened_at is not None
