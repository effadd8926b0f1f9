"""docs/room-protocol.md names every key: of each command, of its reply, of each push, event and refusal."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from peersupport.chat.consumer import HANDLERS
from peersupport.chat.hub import watching
from peersupport.chat.models import Event, HeldMessage, Report, Signal
from peersupport.chat.protocol import commands
from tests.chat.conftest import Evening
from tests.chat.orders import OF_PARENTS, orders
from tests.chat.talking import Talker
from tests.chat.test_check_in_words import HARD
from tests.chat.test_protocol_page import PAGE
from tests.chat.test_who_may_command import all_known, two_there
from tests.chat.test_without_sockets import asking

__all__ = ["all_known"]

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = Path(commands.__file__).parents[1]
#: A member as others see her: said once in the page, and meant wherever somebody is named.
PERSON = {"id", "name", "role"}
#: What stands in the tables of pushes beside the keys: what they may hold.
VALUES = {
    *("null", "answered", "slow", "restart"),
    *(*HeldMessage.Decision.values, *Report.Kind.values, *Signal.Source.values, *watching.CODES),
    *Report.Decision.values,
}
#: What nobody does here: the clock does it, or the end of a time.
BY_THE_CLOCK = {Event.Kind.UNATTENDED, Event.Kind.ATTENDED, Event.Kind.LATE, Event.Kind.ERASED}


# The page


def rows(section: str, *, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Each name in the first column of the tables of a section, with the other cells of its row."""
    for line in PAGE.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            assert len(cells) == columns, line
            for name in words(cells[0]):
                yield name, cells[1:]


def words(cell: str) -> list[str]:
    """All words of a cell that are marked as those of the protocol."""
    return re.findall(r"`(\w+)`", cell)


def keys(cell: str) -> set[str]:
    """The keys that a cell names, without what is said of them in brackets or what they may hold."""
    named = re.sub(r"\([^)]*\)|:[^;]*", "", cell)
    reason = {"template", "reason"} if re.search(r"\breason\b", re.sub(r"`\w+`", "", named)) else set()
    return set(words(named)) | reason


def needed(cell: str) -> set[str]:
    """Those among them that are never left out."""
    return keys(cell) - set(re.findall(r"`(\w+)`\?", cell))


# What is said


@dataclass
class Said:
    """By command: which keys the code asked for, which a reply had. And all that was pushed, or answered."""

    asked_for: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    replied: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    room: set[str] = field(default_factory=set)
    frames: list[dict[str, Any]] = field(default_factory=list)
    without_socket: set[str] = field(default_factory=set)

    async def give(self, who: Talker, command: str, **given: Any) -> dict[str, Any]:
        """Gives a command that has to succeed."""
        reply = await who.send(command, **given)
        assert reply["ok"], (command, given, reply)
        self.replied[command] |= reply.keys() - {"re", "ok"}
        return reply


@pytest.fixture
async def said(all_known: None, unhurried: Evening, monkeypatch: pytest.MonkeyPatch) -> Said:
    """An evening in which every command is given, and everything is pushed that a room can tell."""
    said, decoded = Said(), commands._decoded

    class Given(dict[str, Any]):
        """What a client gave; notes what is asked of it."""

        def get(self, key: str, default: Any = None) -> Any:
            said.asked_for[super().get("cmd", "")].add(key)
            return super().get(key, default)

    monkeypatch.setattr(commands, "_decoded", lambda frame: Given(cast(dict[str, Any], decoded(frame))))
    async with two_there(unhurried) as (aino, maija, about):
        await maija.pushed("alert", lambda one: one["reports"])
        for command, given in orders(about):
            await said.give(aino if command in OF_PARENTS else maija, command, **given)
        said.room = set(aino.hello["room"])
        everybody = [aino, maija, *await _go_on(unhurried, said, aino, maija)]
    async with asking(unhurried, "aino") as asker:
        said.without_socket = set(await asker.ask())
    said.frames = [frame for one in everybody for frame in one.frames if "push" in frame]
    return said


async def _go_on(evening: Evening, said: Said, aino: Talker, maija: Talker) -> list[Talker]:
    """The room is opened once more, and what the commands alone do not bring about comes to pass."""
    oskar, berit = await evening.comes("oskar"), await evening.comes("berit")
    of_berit = {"member": evening.public_id("berit")}
    await said.give(maija, "open")
    await said.give(maija, "round")
    await maija.pushed("course", lambda one: one["round"])
    await said.give(maija, "end_round")
    await _write(said, aino, maija)
    await _say_what_is_not_right(evening, said, aino, maija, oskar)
    await said.give(maija, "mute", **of_berit, template="pause")
    await berit.pushed("muted", lambda one: "template" in str(one["members"]))
    await said.give(maija, "hold_member", **of_berit, on=True)
    await maija.pushed("alert", lambda one: one["read_first"])
    await said.give(maija, "side_room", **of_berit)
    for one in (berit, maija):
        await one.pushed("side_room", lambda word: word["open"])
    (line,) = [room["id"] for room in aino.hello["rooms"] if room["kind"] == "line"]
    on_her_line = await evening.comes("aino", room=UUID(line))
    await said.give(on_her_line, "post", id=str(uuid4()), body="Are you there?")
    await maija.pushed("alert", lambda one: one["lines"])
    await said.give(aino, "typing")
    await maija.pushed("typing")
    await said.give(maija, "eject", **of_berit, template="harm")
    await berit.pushed("bye")
    return [oskar, berit, on_her_line]


async def _say_what_is_not_right(
    evening: Evening, said: Said, aino: Talker, maija: Talker, oskar: Talker
) -> None:
    """A report of a person and an appeal about herself, told and answered."""
    await said.give(aino, "report", member=evening.public_id("berit"))
    of_aino = {"member": evening.public_id("aino")}
    await said.give(maija, "mute", **of_aino, template="pause")
    await said.give(aino, "appeal", decision="mute")
    for about, template in (("whom", "seen"), ("about", "lifted")):
        alert = await oskar.pushed("alert", partial(_names, about))
        (report,) = [one["id"] for one in alert["reports"] if about in one]
        await said.give(oskar, "answer", target=report, template=template)
        await aino.pushed("outcome", partial(_names, about))


def _names(key: str, frame: dict[str, Any]) -> bool:
    return key in inside(frame)


async def _write(said: Said, aino: Talker, maija: Talker) -> None:
    """What is asked about, held, declined, taken down; and hard words, in a message and beside a number."""
    declined, removed = str(uuid4()), str(uuid4())
    assert (await aino.post("Ring me, 040 123 4567."))["error"]["code"] == "confirm"
    await said.give(aino, "post", id=removed, body="A name.")
    await said.give(maija, "remove", target=removed, template="names")
    await said.give(maija, "mode", mode="hold_all")
    await said.give(aino, "post", id=str(uuid4()), body=HARD)
    await said.give(aino, "post", id=declined, body="Another name.")
    await maija.pushed("held", lambda one: one["items"] and "signal" in one["items"][0])
    await said.give(maija, "decline", target=declined, template="names")
    await said.give(maija, "mode", mode="live")
    await aino.pushed("outcome", lambda one: "template" in one)
    await said.give(aino, "checkin", value=1, note=HARD)
    await maija.pushed("alert", lambda one: len(one["signals"]) == 2)
    await maija.pushed("checkins", lambda one: "signal" in str(one["people"]))


def inside(found: Any) -> Iterator[str]:
    """Every key of a push, however deep; what events hold is asked about apart."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield key
            yield from inside(value) if key != "events" else ()
    elif isinstance(found, list):
        for one in found:
            yield from inside(one)


# Compared


def commands_of_the_page() -> dict[str, list[str]]:
    return dict(rows("Commands", columns=4))


async def test_the_page_names_the_keys_of_every_command_of_its_reply_of_each_push_and_of_each_event(
    said: Said,
) -> None:
    page = commands_of_the_page()
    assert {name: keys(cells[0]) for name, cells in page.items()} == {
        name: said.asked_for[name] - {"cmd", "ref"} for name in HANDLERS
    }
    assert {name: keys(cells[1]) for name, cells in page.items()} == {
        name: said.replied[name] for name in HANDLERS
    }
    (described,) = re.findall(r"`room` \(([^)]*)\)", page["resume"][1])
    assert set(words(described)) == said.room
    beside = PAGE.split("## Without WebSocket")[1]
    assert said.without_socket - {"ok"} - keys(page["resume"][1]) == {"events", "pushes", "beside"}
    assert {"events", "pushes", "beside"} <= set(words(beside))
    _the_pushes_are_those_of_the_page(said)
    _the_events_are_those_of_the_page(said)


def _the_pushes_are_those_of_the_page(said: Said) -> None:
    pushed: dict[str, set[str]] = defaultdict(set)
    for frame in said.frames:
        pushed[frame["push"]] |= set(inside(frame)) - {"push"} - PERSON
    page = {name: set(words(cells[0])) - PERSON for name, cells in rows("Pushes", columns=3)}
    assert pushed.keys() == page.keys()
    for name, found in pushed.items():
        assert found == page[name] - (VALUES - found), name


def _the_events_are_those_of_the_page(said: Said) -> None:
    events = [event for frame in said.frames if frame["push"] == "events" for event in frame["events"]]
    page = dict(rows("The log", columns=3))
    assert page.keys() - {event["kind"] for event in events} == BY_THE_CLOCK
    for event in events:
        found = event.keys() - {"seq", "at", "kind", "by"}
        cell = page[event["kind"]][0]
        assert needed(cell) <= found <= keys(cell), event


def test_the_page_names_what_goes_along_with_each_refusal() -> None:
    along: dict[str, set[str]] = defaultdict(set)
    for path in CHAT.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"Refused", "RefusedWithRef"}:
                code = next((str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)), "")
                along[code] |= {keyword.arg for keyword in call.keywords if keyword.arg}
    assert along["confirm"] == {"findings"}, "the refusals of the code must be found"
    for code, (cell,) in rows("Errors", columns=2):
        assert set(words(cell)) - (HANDLERS.keys() - along[code]) == along[code], code
