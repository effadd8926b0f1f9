"""Whatever happens in a room, in whatever order: each member's screen is the room as it is now."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from peersupport.chat.models import Event, HeldMessage, Mute, ReadFirst, Report, Room
from peersupport.chat.protocol import limiting
from tests import doses
from tests.chat.conftest import Evening
from tests.chat.talking import Talker, talker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

EXAMPLES, STEPS = doses.dose(6, 400), 25
PARENTS = ("aino", "berit", "elias")
FACILITATORS = ("maija", "oskar")
FACILITATOR = FACILITATORS[0]
MODES = ("live", "hold_all", "hold_first", "hold_flagged")
# How often each step is chosen beside the others.
OFTEN = {"post": 5, "release": 2, "decline": 1, "remove": 1, "retract": 2, "mode": 1, "report": 1}
OFTEN |= {"leave": 2, "come": 2, "resume": 1, "at once": 3, "mute": 1, "unmute": 1, "read first": 1}

steps = st.lists(
    st.tuples(
        st.sampled_from([step for step, times in OFTEN.items() for _time in range(times)]), st.integers(0, 99)
    ),
    min_size=STEPS,
    max_size=STEPS,
)


class History:
    """A room, those who are in it, what each of them has seen so far, and whose words are whose."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.here: dict[str, Talker] = {}
        self.seen: dict[str, list[dict[str, Any]]] = {name: [] for name in (*PARENTS, *FACILITATORS)}
        self.frames: dict[str, list[dict[str, Any]]] = {name: [] for name in self.seen}
        self.words: dict[str, tuple[str, str]] = {}

    async def begin(self) -> None:
        """An empty, open room."""
        for rows in (Event, HeldMessage, Report):
            await rows.objects.filter(room=self.evening.room.pk).adelete()
        for rules in (Mute, ReadFirst):
            await rules.objects.all().adelete()
        await Room.objects.filter(pk=self.evening.room.pk).aupdate(head=0, mode="live", epoch=uuid4())

    async def step(self, step: str, number: int) -> None:
        """What is impossible just now is refused by the room, which is part of the test."""
        parent = PARENTS[number % len(PARENTS)]
        match step:
            case "post":
                await self.post(parent)
            case "release" | "decline":
                await self.act(step, FACILITATOR, await self.held(), number)
            case "remove":
                await self.act(step, FACILITATOR, await self.published(), number)
            case "retract":
                await self.act(step, "", await (self.held() if number % 2 else self.published()), number)
            case "report":
                await self.act(step, parent, await self.published(), number)
            case "mode":
                await (await self.come(FACILITATOR)).send("mode", mode=MODES[number % len(MODES)])
            case "mute" | "unmute":
                await self.act_on(parent, step, **({"reason": "because"} if step == "mute" else {}))
            case "read first":
                await self.act_on(parent, "hold_member", on=bool(number % 2))
            case "at once":
                await self.at_once(number)
            case "come":
                await self.come(parent)
            case "leave":
                await self.go(parent)
            case "resume" if parent in self.here:
                await self.caught_up(parent)
                person = self.here[parent]
                assert (await person.send("resume", after=person.seq))["ok"]

    async def at_once(self, number: int) -> None:
        """Two parents write, one of them twice, a writer takes back, and two facilitators decide, all at the
        same time.
        """
        for name in self.seen:
            await self.come(name)
        held, published = await self.held(), await self.published()
        decision = ("release", "decline")[number % 2]
        await asyncio.gather(
            self.post(PARENTS[0]),
            self.act(decision, FACILITATORS[0], held, number),
            self.act("release", FACILITATORS[1], held, number),
            self.act("remove", FACILITATORS[1], published, number),
            self.act("retract", "", published, number),
            self.post(PARENTS[1]),
            self.post(PARENTS[0]),
        )

    async def come(self, name: str) -> Talker:
        """She is in the room, and comes back after what she has seen. Words that are gone stay away."""
        if name not in self.here:
            gone = Event.objects.filter(room=self.evening.room.pk, kind__in=["removed", "retracted"])
            ids = gone.values_list("target", flat=True)
            lost = [self.words[str(message)][1] async for message in ids]
            person = await self.anew(name, after=len(self.seen[name]))
            assert not [words for words in lost if words in str(person.frames)]
            self.here[name] = person
        return self.here[name]

    async def anew(self, name: str, *, after: int) -> Talker:
        """A new socket of hers."""
        evening = self.evening
        entering = talker(evening.port, evening.room.pk, evening.cookies[name], resumed=False)
        person = await evening.stack.enter_async_context(entering)
        await person.resume(after=after)
        return person

    async def go(self, name: str) -> None:
        """She closes her page."""
        person = self.here.pop(name, None)
        if person is not None:
            await person.socket.close()
            self.seen[name] += person.log
            self.frames[name] += person.frames

    async def caught_up(self, name: str) -> None:
        """She has everything that there is."""
        person, room = await self.come(name), await Room.objects.aget(pk=self.evening.room.pk)
        await person.until(lambda: person.seq >= room.head)

    async def post(self, name: str) -> None:
        """A message, sent twice under one id."""
        message, words = str(uuid4()), f"words-{len(self.words)}-of-{name}"
        self.words[message] = (name, words)
        person = await self.come(name)
        replies = [await person.send("post", id=message, body=words) for _time in range(2)]
        assert replies[0]["ok"] or replies[0]["error"]["code"] == "muted"
        if replies[0]["ok"]:
            assert replies[0] == {**replies[1], "re": replies[0]["re"]}

    async def act(self, command: str, name: str, messages: list[str], number: int) -> None:
        """A command about one of the messages, by somebody or by its writer."""
        if messages:
            target = messages[number % len(messages)]
            person = await self.come(name or self.words[target][0])
            await person.send(command, target=target, reason="because")

    async def act_on(self, name: str, command: str, **given: Any) -> None:
        """A facilitator's command about a parent."""
        person = await self.come(FACILITATORS[len(self.words) % len(FACILITATORS)])
        await person.send(command, member=self.evening.public_id(name), **given)

    async def held(self) -> list[str]:
        """Messages that were held, decided about or not."""
        rows = HeldMessage.objects.filter(room=self.evening.room.pk).order_by("held_at", "id")
        return [str(message) async for message in rows.values_list("message_id", flat=True)]

    async def published(self) -> list[str]:
        """Messages in the log, their words gone or not."""
        rows = Event.objects.filter(room=self.evening.room.pk, kind="message").order_by("seq")
        return [str(message) async for message in rows.values_list("message_id", flat=True)]

    async def judge(self) -> None:
        """Everybody's screen is what a fresh reader sees, and nobody saw what was not for her."""
        for name in self.seen:
            await self.caught_up(name)
            await self.go(name)
        reader = await self.anew(FACILITATOR, after=0)
        await reader.socket.close()
        for log in self.seen.values():
            assert [event["seq"] for event in log] == list(range(1, len(reader.log) + 1))
            assert fold(log) == fold(reader.log)
        published = set(await self.published())
        for name in PARENTS:
            others = {key: words for key, (writer, words) in self.words.items() if writer != name}
            beside = str([one for one in self.frames[name] if one.get("push") != "events"])
            assert not [words for words in others.values() if words in beside]
            hidden = [words for message, words in others.items() if message not in published]
            assert not [words for words in hidden if words in str(self.frames[name])]


def fold(log: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """What a screen shows after these events: each message with its words, or without."""
    gone = {event["target"] for event in log if event["kind"] in {"removed", "retracted"}}
    messages = [event for event in log if event["kind"] == "message"]
    return [(event["id"], None if event["id"] in gone else event["body"]) for event in messages]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to slow down."""
    for name in ("FRAMES", "POSTS", "RESUMES"):
        monkeypatch.setattr(limiting, name, (1e9, 1e9))


@pytest.mark.check(14, 55, 57)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    # The whole of it looks further with every run.
    derandomize=not doses.share,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(history=steps)
async def test_any_history_replays_to_what_a_fresh_reader_sees(
    history: list[tuple[str, int]], unhurried: None, open_evening: Evening
) -> None:
    told = History(open_evening)
    await told.begin()
    for step, number in history:
        await told.step(step, number)
    await told.judge()
