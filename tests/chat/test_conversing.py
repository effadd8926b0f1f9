"""How frames come and answers go on one socket: in order, in pieces, many at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from peersupport.chat import live, log
from peersupport.chat.hub import conversation
from peersupport.chat.hub.replies import Replies
from peersupport.chat.models import Event
from peersupport.chat.protocol import limiting
from peersupport.chat.protocol.commands import Command
from tests.chat.conftest import Evening
from tests.chat.talking import Talker, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def post(ref: int, body: str, message: UUID | None = None) -> str:
    """A frame that posts."""
    return json.dumps({"cmd": "post", "ref": str(ref), "id": str(message or uuid4()), "body": body})


def refs(person: Talker) -> list[str]:
    """Which commands were answered, in the order of the answers."""
    return [frame["re"] for frame in person.frames if "re" in frame]


async def answered(person: Talker, ref: str) -> dict[str, Any]:
    """Waits for the reply to one command."""
    return await person.one(lambda frame: frame.get("re") == ref)


class Counting:
    """How many messages went into each commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._append = log.append_free
        monkeypatch.setattr(log, "append_free", self)

    async def __call__(self, connection: Any, drafts: Any, **given: Any) -> Any:
        self.sizes.append(len(drafts))
        await self.gate.wait()
        return await self._append(connection, drafts, **given)


async def test_messages_sent_in_one_go_share_commits_and_keep_their_order(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    counting = Counting(monkeypatch)
    counting.gate.clear()
    for turn in range(12):
        await aino.socket.send(post(100 + turn, f"word {turn}"))
    await eventually(lambda: counting.sizes)
    counting.gate.set()
    await answered(aino, "111")
    assert refs(aino)[-12:] == [str(100 + turn) for turn in range(12)]
    await berit.hears(body="word 11")
    assert berit.bodies == [f"word {turn}" for turn in range(12)]
    assert len(counting.sizes) < 12


async def test_a_command_behind_messages_is_carried_out_when_they_are_answered(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    first = uuid4()
    for frame in (
        post(100, "Taken back at once.", first),
        post(101, "Stays."),
        json.dumps({"cmd": "retract", "ref": "102", "target": str(first)}),
        post(103, "After that."),
        json.dumps({"cmd": "ping", "ref": "104"}),
    ):
        await aino.socket.send(frame)
    assert (await answered(aino, "104"))["ok"]
    assert refs(aino)[-5:] == ["100", "101", "102", "103", "104"]
    assert [(event["kind"], event["body"]) async for event in _kinds(open_evening)] == [
        ("message", None),
        ("message", "Stays."),
        ("retracted", None),
        ("message", "After that."),
    ]


async def _kinds(evening: Evening) -> AsyncIterator[dict[str, Any]]:
    reader = await evening.comes("berit")
    for event in reader.log:
        if event["kind"] in {"message", "retracted"}:
            yield {"kind": event["kind"], "body": event.get("body")}


async def test_what_is_refused_between_messages_keeps_its_place(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    for frame in (
        post(100, "Good evening."),
        post(101, "Write to aino@example.org."),
        "no JSON at all",
        post(103, ""),
        post(104, "Good night."),
    ):
        await aino.socket.send(frame)
    await answered(aino, "104")
    answers = [frame for frame in aino.frames if "re" in frame][-5:]
    assert [frame["re"] for frame in answers] == ["100", "101", None, "103", "104"]
    assert [frame.get("error", {}).get("code") for frame in answers] == [
        None,
        "confirm",
        "invalid",
        "empty",
        None,
    ]


async def test_a_message_may_answer_one_that_is_still_on_its_way(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino = await open_evening.comes("aino")
    counting = Counting(monkeypatch)
    counting.gate.clear()
    await aino.socket.send(post(100, "Good evening."))
    await eventually(lambda: counting.sizes)
    asked = uuid4()
    await aino.socket.send(post(101, "May I ask something?", asked))
    answering = {"cmd": "post", "ref": "102", "id": str(uuid4()), "body": "This.", "reply_to": str(asked)}
    await aino.socket.send(json.dumps(answering))
    hub = live.hub_here()
    assert hub is not None
    await eventually(lambda: hub.committer._unanswered == 3)
    counting.gate.set()
    assert (await answered(aino, "102"))["ok"]
    assert counting.sizes == [1, 2]


async def test_who_is_sent_away_has_nothing_more_carried_out_of_what_waited(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    stays, goes = uuid4(), uuid4()
    await aino.post("Stays.", message=stays)
    await berit.post("Goes.", message=goes)
    counting = Counting(monkeypatch)
    counting.gate.clear()
    await aino.socket.send(post(100, "On its way."))
    await eventually(lambda: counting.sizes)
    await aino.socket.send(json.dumps({"cmd": "retract", "ref": "101", "target": str(stays)}))
    # A neighbour's command is answered meanwhile, so hers has been read.
    assert (await berit.send("ping"))["ok"]
    hub = live.hub_here()
    assert hub is not None
    seat = open_evening.seats["aino"]
    (hers,) = [one for one in hub.sockets.values() if one.entry.member_id == seat]
    await hers.bye(4401, "signed_out")
    assert await aino.closed() == 4401
    counting.gate.set()
    await berit.hears(body="On its way.")
    assert (await berit.send("retract", target=str(goes)))["ok"]
    retracted = Event.objects.filter(kind="retracted").values_list("target", flat=True)
    assert [target async for target in retracted] == [goes]


async def test_an_answer_that_cannot_be_written_down_is_an_error_and_holds_nobody_up() -> None:
    answers: dict[str, conversation.Answer] = {"hand": {"strange": object()}, "ping": {}}
    said: list[dict[str, Any]] = []

    def write(frame: bytes) -> bool:
        said.append(json.loads(frame[frame.index(b"{") :]))
        return True

    async def send(text: str) -> None:
        said.append(json.loads(text))

    async def carry_out(command: Command) -> conversation.Answer:
        return answers[command.name]

    async def nothing(command: Command, answer: conversation.Answer) -> None:
        """Nothing follows."""

    talk = conversation.Conversation(
        Replies(write=write, hold=write, send=send),
        line=None,
        carry_out=carry_out,
        post=lambda _command, _reply: False,
        afterwards=nothing,
    )
    async with asyncio.timeout(5):
        for ref, name in enumerate(answers):
            talk.take(json.dumps({"cmd": name, "ref": str(ref)}), wait=0.0)
            await talk.finish()
    assert [(one["re"], one["ok"]) for one in said] == [("0", False), ("1", True)]


async def test_beyond_a_few_messages_under_way_nothing_more_is_read(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FRAMES", "POSTS"):
        monkeypatch.setattr(limiting, name, (1e9, 1e9))
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    counting = Counting(monkeypatch)
    counting.gate.clear()
    for turn in range(60):
        await aino.socket.send(post(100 + turn, f"word {turn}"))
    hub = live.hub_here()
    assert hub is not None
    await eventually(lambda: hub.committer._unanswered == conversation.POSTS_MOST)
    # A neighbour's command is answered meanwhile, so whatever was to be read has been.
    assert (await berit.send("ping"))["ok"]
    assert hub.committer._unanswered == conversation.POSTS_MOST
    counting.gate.set()
    await answered(aino, "159")
    await berit.hears(body="word 59")
    assert berit.bodies == [f"word {turn}" for turn in range(60)]
    assert max(counting.sizes) <= conversation.POSTS_MOST


async def test_she_goes_while_her_messages_are_under_way_and_they_stand_all_the_same(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    counting = Counting(monkeypatch)
    counting.gate.clear()
    for turn in range(5):
        await aino.socket.send(post(100 + turn, f"word {turn}"))
    hub = live.hub_here()
    assert hub is not None
    await eventually(lambda: hub.committer._unanswered == 5)
    await aino.socket.close()
    counting.gate.set()
    await berit.hears(body="word 4")
    assert await Event.objects.filter(kind="message").acount() == 5
