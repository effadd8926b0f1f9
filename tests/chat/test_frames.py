"""Much that is written in a room at once goes out in few frames, without what was taken back meanwhile."""

from __future__ import annotations

from uuid import uuid4

import pytest

from peersupport.chat.hub import delivering
from tests.chat.conftest import Evening
from tests.chat.talking import Talker

pytestmark = pytest.mark.django_db(transaction=True)


def frames(person: Talker) -> list[list[int]]:
    """The numbers of the events in each frame that came."""
    pushed = [frame["events"] for frame in person.frames if frame.get("push") == "events"]
    return [[event["seq"] for event in events] for events in pushed]


async def test_the_first_message_goes_out_at_once_and_what_follows_in_a_moment_goes_out_together(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "APART_SECONDS", 0.5)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    assert (await aino.post("one"))["seq"] == 1
    await berit.hears(body="one")
    for word in ("two", "three", "four"):
        await aino.post(word)
    await berit.hears(body="four")
    assert frames(berit) == frames(aino) == [[1], [2, 3, 4]]


async def test_what_its_writer_retracts_before_the_next_frame_is_shown_to_nobody(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Far longer than the test takes: only the reading after the retraction can bring the rest.
    monkeypatch.setattr(delivering, "APART_SECONDS", 600.0)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    await aino.post("one")
    await berit.hears(body="one")
    message = uuid4()
    assert (await aino.post("two", message=message))["state"] == "published"
    assert (await aino.send("retract", target=str(message)))["ok"]
    await berit.hears(kind="retracted")
    assert berit.bodies == ["one", None]
    assert "two" not in str(berit.frames)
    await aino.post("three")
    late = await open_evening.comes("elias")
    assert late.bodies == ["one", None, "three"]
    # Who comes has the room read, and with her everybody has everything.
    await berit.hears(body="three")
