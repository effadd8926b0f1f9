"""The page's own fold of the log: after any history its script shows what a fresh reader sees."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser

from peersupport.chat import posting
from peersupport.chat.models import Room
from tests.browsing import apart
from tests.chat.conftest import Evening
from tests.chat.talking import serving
from tests.chat.test_histories import FACILITATOR, OFTEN, History, fold, unhurried

__all__ = ["unhurried"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(posting.__file__).parent / "static" / "chat" / "log.js"
STEPS = 60
# What a history has to hold for the replay to say something.
FATES = {"message", "removed", "retracted", "mode"}

# As the page takes them: in the pieces in which they came; and with the older ones asked for afterwards.
REPLAYS = """async ([address, logs]) => {
  const { Log } = await import(address);
  const shown = (log) => log.entries.filter((one) => one.kind === "message").map((one) => [one.id, one.body]);
  return logs.map(({ events, cuts, epoch }) => {
    const inPieces = new Log();
    let gaps = 0;
    cuts.forEach((cut, turn) => { gaps += inPieces.apply(events.slice(cuts[turn - 1] || 0, cut)).gap; });
    const middle = cuts[0];
    const backwards = new Log({ from: middle, epoch });
    backwards.apply(events.slice(middle));
    backwards.prepend(events.slice(0, middle), 0);
    return { gaps, head: inPieces.head, inPieces: shown(inPieces), backwards: shown(backwards),
             mode: inPieces.room.mode, complete: backwards.complete };
  });
}"""


async def told(
    evening: Evening, random: Random
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """What each of them has seen of an evening full of steps, and the log as a fresh reader gets it."""
    async with serving() as port:
        evening.port = port
        async with evening.stack:
            history = History(evening)
            await history.begin()
            for _step in range(STEPS):
                (step,) = random.choices(list(OFTEN), list(OFTEN.values()))
                await history.step(step, random.randrange(100))
            await history.judge()
            reader = await history.anew(FACILITATOR, after=0)
            return history.seen, reader.log


@pytest.mark.check(14)
def test_the_pages_script_folds_each_members_events_to_what_a_fresh_reader_sees(
    browser: Browser, unhurried: None, open_evening_room: Evening
) -> None:
    random = Random(14)
    seen, fresh = apart(lambda: asyncio.run(told(open_evening_room, random)))
    assert {event["kind"] for event in fresh} >= FATES
    logs = [
        {
            "events": events,
            "cuts": [*sorted(random.sample(range(1, len(events)), 5)), len(events)],
            "epoch": "e",
        }
        for events in (*seen.values(), fresh)
    ]
    address = f"data:text/javascript;base64,{b64encode(SCRIPT.read_bytes()).decode()}"
    with browser.new_context() as context:
        found = context.new_page().evaluate(REPLAYS, [address, logs])
    stands = [list(one) for one in fold(fresh)]
    assert any(body is None for _message, body in stands)
    mode = Room.objects.get(pk=open_evening_room.room.pk).mode
    for one in found:
        assert one == {
            "gaps": 0,
            "head": len(fresh),
            "inPieces": stands,
            "backwards": stands,
            "mode": mode,
            "complete": True,
        }
