"""What may be hard to read stands under a cover until whoever moderates opens it."""

from __future__ import annotations

import html
import re
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.chat.models import CheckIn, Escalation, HeldMessage, Report, Room, Signal
from tests.cast import Cast
from tests.facilitators.conftest import enters

pytestmark = [pytest.mark.django_db, pytest.mark.check(60)]

UNREAD = "The words are covered, and you have perhaps not read them. You can decide all the same."
COVER = re.compile(
    r'<details class="cover" id="cover-(\w+)-([\w-]+)" name="cover"( open)?>.*?</details>', re.S
)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def console(client: Client, room: Room) -> str:
    """What stands beside the room."""
    return shown(client, f"/today/room/{room.pk}/beside/")


def is_covered(words: str, page: str) -> bool:
    """Whether words that stand on the page stand under covers alone, all of them closed."""
    assert words in page, "there is nothing to cover"
    assert all(not cover[3] for cover in COVER.finditer(page))
    return words not in COVER.sub("", page)


def holds(cast: Cast, room: Room, body: str, *, why: str) -> UUID:
    """A message of Farah's that waits."""
    message = uuid4()
    HeldMessage.objects.create(
        room=room, message_id=message, member=cast.seat(cast.farah), body=body, body_hash=b"", why=why
    )
    return message


def means_distress(cast: Cast, room: Room, message: UUID, **given: str) -> Signal:
    return Signal.objects.create(
        room=room, member=cast.seat(cast.farah), message_id=message, kind="despair", level="watch", **given
    )


def test_what_waits_because_of_what_is_in_it_is_covered_and_what_waits_by_turn_is_not(
    cast: Cast, room: Room, maija: Client
) -> None:
    holds(cast, room, "canary one: by turn", why="hold_all")
    holds(cast, room, "canary two: details", why="hold_flagged")
    hard = holds(cast, room, "canary three: hard", why="hold_all")
    signal = means_distress(cast, room, hard)
    page = console(maija, room)
    assert not is_covered("canary one", page)
    assert is_covered("canary two", page)
    assert is_covered("canary three", page)
    # Also after somebody has seen to her: the words have not become lighter.
    Signal.objects.filter(pk=signal.pk).update(answered_at=timezone.now())
    assert is_covered("canary three", console(maija, room))


def test_a_decision_is_possible_unread_and_the_page_says_that_it_would_be(
    cast: Cast, room: Room, maija: Client
) -> None:
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN)
    message = holds(cast, room, "canary: details", why="hold_flagged")
    page = console(maija, room)
    item = page.split(f'id="held-{message}"')[1].split("</article>")[0]
    assert UNREAD in item.split("</details>")[1]
    assert "Release" in item
    asked = shown(maija, f"/today/room/{room.pk}/ask/decline/?target={message}")
    assert is_covered("canary: details", asked)
    assert UNREAD in asked
    maija.post(f"/today/room/{room.pk}/act/", {"act": "release", "target": message})
    assert HeldMessage.objects.get().decision == "released"


def test_what_is_not_covered_says_nothing_of_covers(cast: Cast, room: Room, maija: Client) -> None:
    message = holds(cast, room, "canary: by turn", why="hold_all")
    assert UNREAD not in console(maija, room)
    asked = shown(maija, f"/today/room/{room.pk}/ask/decline/?target={message}")
    assert "canary: by turn" in asked
    assert UNREAD not in asked


def test_reported_words_are_covered_beside_the_room_and_where_she_is_asked_why(
    evening: Room, maija: Client
) -> None:
    report = Report.objects.get()
    words = "The teacher keeps a seat by the door free"
    page = console(maija, evening)
    assert is_covered(words, page)
    assert not is_covered(report.reason, page), "what it is about is said by who reports it"
    remove = f"/today/room/{evening.pk}/ask/remove/?target={report.target}"
    assert is_covered(words, shown(maija, remove))
    Report.objects.update(answered_at=timezone.now())
    assert not is_covered(words, shown(maija, remove))


def test_hard_words_beside_a_number_are_covered(cast: Cast, room: Room, maija: Client) -> None:
    said = CheckIn.objects.create(
        room=room, member=cast.seat(cast.farah), value="1", note="canary: it is too much"
    )
    means_distress(cast, room, said.pk, source="check_in")
    hard = console(maija, room).split('id="hard"')[1].split("</section>")[0]
    assert is_covered("canary: it is too much", hard)


def test_reported_words_are_covered_at_the_desk(cast: Cast, evening: Room) -> None:
    report = Report.objects.get()
    now = timezone.now()
    Escalation.objects.create(
        group=evening.group, what="report", about=report.pk, due_at=now, state="done", done_at=now
    )
    salla = enters(cast.salla)
    words = "The teacher keeps a seat by the door free"
    for path in ("/desk/matters/", f"/desk/matters/words/{report.pk}/"):
        page = shown(salla, path)
        assert is_covered(words, page)
        assert UNREAD in page
        assert report.reason in COVER.sub("", page)
