"""The course of a meeting over real sockets: stages, rounds, pins, pauses, check-ins, who just reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.meeting import turns, whereabouts
from peersupport.chat.models import CheckIn, Room
from peersupport.chat.tending import erase_group
from peersupport.groups.models import Meeting
from tests.chat.conftest import Evening
from tests.chat.talking import Talker

pytestmark = pytest.mark.django_db(transaction=True)


def refused(reply: dict[str, Any]) -> str:
    """Why a command was refused."""
    assert not reply["ok"], reply
    return str(reply["error"]["code"])


async def course(one: Talker, wanted: Any) -> dict[str, Any]:
    """Waits until the latest push about the course is as wanted."""

    def latest() -> dict[str, Any] | None:
        frames = [frame for frame in one.frames if frame.get("push") == "course"]
        return frames[-1] if frames and wanted(frames[-1]) else None

    found = await one.until(latest)
    assert found
    return found


async def rounds_followed(*, minutes: float = 0) -> None:
    """What the worker does every few seconds, so much later."""
    await sync_to_async(turns.follow_all)(timezone.now() + timedelta(minutes=minutes))


async def test_the_stage_and_its_end_reach_everybody_and_who_comes_later(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    reply = await maija.send("stage", name="topic", minutes=20)
    event = await aino.hears(kind="stage")
    assert (event["seq"], event["name"]) == (reply["seq"], "topic")
    left = (datetime.fromisoformat(event["until"]) - timezone.now()).total_seconds() / 60
    assert 19 < left <= 20
    berit = await open_evening.comes("berit")
    assert berit.hello["room"]["stage"] == {"name": "topic", "until": event["until"]}
    assert refused(await aino.send("stage", name="closing")) == "not_allowed"
    assert refused(await maija.send("stage", name="lunch")) == "invalid"
    await maija.send("close")
    again = await open_evening.comes("berit")
    assert again.hello["room"]["stage"] is None


async def test_a_round_gives_turns_in_sight_of_all_and_survives_a_restart(open_evening: Evening) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    assert refused(await aino.send("round")) == "not_allowed"
    assert (await maija.send("round", minutes=3))["ok"]
    for one in (aino, berit, maija):
        frame = await course(one, lambda frame: frame["round"])
        names = [frame["round"]["turn"]["name"], *(person["name"] for person in frame["round"]["then"])]
        assert sorted(names) == ["Rowan", "Willow"], "facilitators have no turn"
    first, second = (aino, berit) if names[0] == "Willow" else (berit, aino)
    assert refused(await second.send("wait")) == "not_allowed"
    assert (await first.send("wait"))["ok"]
    assert (await course(second, lambda frame: frame["round"] and frame["round"]["longer"]))["round"][
        "minutes"
    ] == 3
    # Others may write as ever.
    assert (await second.post("While you think."))["state"] == "published"
    assert (await first.send("pass"))["ok"]
    await course(first, lambda frame: frame["round"] and frame["round"]["turn"]["name"] == names[1])
    # Time goes on without anybody's doing; the last turn ends the round.
    await rounds_followed(minutes=3.1)
    await course(aino, lambda frame: frame["round"] is None)
    assert refused(await first.send("pass")) == "not_allowed"


async def test_in_a_round_in_which_the_others_wait_only_the_turn_and_facilitators_write(
    open_evening: Evening,
) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    await maija.send("round", others_wait=True)
    going = (await course(aino, lambda frame: frame["round"]))["round"]
    first, second = (aino, berit) if going["turn"]["name"] == "Willow" else (berit, aino)
    assert (await first.post("My turn."))["ok"]
    assert refused(await second.post("Not mine.")) == "turn"
    assert (await maija.post("Take your time."))["ok"]
    await maija.send("next")
    await course(
        second, lambda frame: frame["round"] and frame["round"]["turn"]["id"] == second.hello["you"]["id"]
    )
    assert (await second.post("Mine now."))["ok"]
    await maija.send("end_round")
    await course(first, lambda frame: frame["round"] is None)
    assert (await first.post("Everybody again."))["ok"]


async def test_who_just_reads_is_left_out_of_a_round_until_she_would_like_a_turn(
    open_evening: Evening,
) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    assert (await aino.send("quiet", on=True))["ok"]
    await berit.pushed("presence", lambda frame: said_of("Willow", frame))
    await maija.send("round")
    frame = await course(berit, lambda frame: frame["round"])
    assert (frame["round"]["turn"]["name"], frame["round"]["then"]) == ("Rowan", [])
    await aino.send("quiet", on=False)
    await rounds_followed()
    frame = await course(berit, lambda frame: frame["round"] and frame["round"]["then"])
    assert [person["name"] for person in frame["round"]["then"]] == ["Willow"]
    assert refused(await maija.send("quiet", on=True)) == "not_allowed"


def said_of(name: str, frame: dict[str, Any]) -> bool:
    """Whether it says beside this name that she just reads."""
    return any(person["quiet"] for person in frame["present"] if person["name"] == name)


async def test_a_check_in_reaches_facilitators_with_the_earlier_ones_and_nobody_else(
    open_evening: Evening,
) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    assert (await maija.send("ask_checkin"))["ok"]
    await course(berit, lambda frame: frame["check_in_asked"])
    assert (await aino.send("checkin", value=3, note="Tired of waiting."))["ok"]
    assert (await aino.send("checkin", value=6))["ok"]
    frame = await maija.pushed("checkins", lambda one: one["people"] and len(one["people"][0]["values"]) == 2)
    (person,) = frame["people"]
    assert person["by"]["name"] == "Willow"
    assert [(one["value"], one["note"]) for one in person["values"]] == [(3, "Tired of waiting."), (6, "")]
    # She is asked no more; Berit still is, and neither has seen a number.
    await course(aino, lambda frame: frame["check_in_asked"] is None)
    assert (await open_evening.comes("berit")).hello["ok"]
    for one in (aino, berit):
        assert not any("checkins" in str(frame.get("push")) for frame in one.frames)
        assert "Tired" not in str(one.frames)
    await course(berit, lambda frame: frame["check_in_asked"])
    assert (await maija.send("close"))["ok"]
    await course(berit, lambda frame: frame["check_in_asked"] is None)
    for wrong in (11, -1, 3.5, True, "7", None):
        assert refused(await aino.send("checkin", value=wrong)) == "invalid"
    assert refused(await aino.send("ask_checkin")) == "not_allowed"
    assert not await sync_to_async(stored_plainly)("Tired")


@pytest.mark.check(16)
async def test_members_are_asked_how_they_are_while_they_arrive_and_no_longer_than_the_evening(
    evening: Evening,
) -> None:
    """The room stands closed: two facilitators have not opened it yet."""
    aino, maija = await evening.comes("aino"), await evening.comes("maija")
    assert (await maija.send("ask_checkin"))["ok"]
    await course(aino, lambda frame: frame["check_in_asked"])
    # It was never opened, so nothing closed it either.
    long_ago = timezone.now() - timedelta(hours=7)
    await Room.objects.filter(pk=evening.room.pk).aupdate(check_in_asked_at=long_ago)
    late = await evening.comes("berit")
    await course(late, lambda frame: frame["check_in_asked"] is None)
    await Meeting.objects.filter(group=evening.cast.alder).aupdate(state=Meeting.State.CANCELLED)
    assert refused(await maija.send("ask_checkin")) == "closed"
    assert refused(await aino.send("checkin", value=3)) == "closed"


def stored_plainly(words: str) -> bool:
    """Whether the words can be read in the table, or anything of them in the audit record."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(encode(value || note, 'escape'), ' ') FROM chat_checkin")
        found = cursor.fetchone()
    assert found[0], "there must have been something to read"
    return words in found[0] or any(words in str(one.facts) for one in Entry.objects.all())


async def test_what_is_pinned_stands_there_until_it_is_taken_down_or_its_text_is_gone(
    open_evening: Evening,
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await aino.post("We begin with how the week was.")
    said = await maija.hears(kind="message")
    await maija.send("pin", target=said["id"])
    assert (await aino.hears(kind="pinned"))["target"] == said["id"]
    assert (await open_evening.comes("berit")).hello["room"]["pinned"] == said["id"]
    await maija.send("pin", target=None)
    assert [one["target"] for one in (await later(aino, "pinned", 2))] == [said["id"], None]
    await aino.send("retract", target=said["id"])
    assert refused(await maija.send("pin", target=said["id"])) == "not_allowed"
    assert refused(await aino.send("pin", target=None)) == "not_allowed"


async def later(one: Talker, kind: str, count: int) -> list[dict[str, Any]]:
    """Waits for so many events of a kind."""
    return await one.until(
        lambda: found if len(found := [event for event in one.log if event["kind"] == kind]) == count else []
    )


async def test_a_pause_shows_an_exercise_to_all_and_going_on_ends_it(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    assert refused(await maija.send("pause", exercise="juggling")) == "invalid"
    await maija.send("pause", exercise="breath")
    assert (await aino.hears(kind="paused"))["exercise"] == "breath"
    assert refused(await aino.post("Now?")) == "paused"
    await maija.send("pause", exercise="feet")
    assert (await open_evening.comes("berit")).hello["room"]["exercise"] == "feet"
    await maija.send("unpause")
    await aino.hears(kind="resumed")
    assert (await open_evening.comes("berit")).hello["room"]["exercise"] is None


async def test_typing_can_be_shown_to_facilitators_alone(open_evening: Evening) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    await maija.send("show_typing", to_all=False)
    # The setting is read with what stands beside the log: another push of it shows that it is known.
    await maija.send("ask_checkin")
    await course(berit, lambda frame: frame["check_in_asked"])
    await aino.send("typing")
    await maija.pushed("typing", lambda frame: frame["by"]["name"] == "Willow")
    await aino.post("Written.")
    await berit.hears(kind="message")
    assert not any(frame.get("push") == "typing" for frame in berit.frames)


async def test_where_she_is_can_be_looked_up_by_her_facilitators_and_each_look_is_recorded(
    open_evening: Evening,
) -> None:
    cast = open_evening.cast
    meeting = await cast.alder.meetings.aget(number=4)
    seat = await sync_to_async(cast.seat)(cast.aino)
    await sync_to_async(whereabouts.note)(
        by=seat, place="At my sister's", call="My sister", meeting=meeting, keep=False, now=timezone.now()
    )
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    member = open_evening.public_id("aino")
    assert refused(await aino.send("whereabouts", member=member)) == "not_allowed"
    reply = await maija.send("whereabouts", member=member)
    assert (reply["place"], reply["call"]) == ("At my sister's", "My sister")
    assert (await maija.send("whereabouts", member=open_evening.public_id("berit")))["place"] == ""
    assert await Entry.objects.filter(what="whereabouts.looked_up").acount() == 2
    await sync_to_async(whereabouts.erase_due)(meeting.ends_at + timedelta(hours=23, minutes=59))
    assert (await maija.send("whereabouts", member=member))["call"] == "My sister"
    await sync_to_async(whereabouts.erase_due)(meeting.ends_at + timedelta(hours=24))
    assert (await maija.send("whereabouts", member=member))["call"] == ""


def test_check_ins_are_erased_with_the_text_of_the_room(open_evening_room: Evening) -> None:
    from peersupport.chat.meeting import checking_in

    cast, room = open_evening_room.cast, open_evening_room.room
    checking_in.check_in(
        Room.objects.get(pk=room.pk), by=cast.seat(cast.aino), value=4, note="x", now=timezone.now()
    )
    assert CheckIn.objects.count() == 1
    erase_group(cast.alder)
    assert CheckIn.objects.count() == 0
