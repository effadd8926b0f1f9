"""Every command of a room with complete arguments, each at a moment at which it can be carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async

from peersupport.chat import posting
from peersupport.chat.models import Report
from peersupport.chat.moderating import ejecting
from peersupport.chat.protocol.commands import Command
from tests.chat.conftest import Evening
from tests.chat.houses import seat
from tests.chat.saying import at_the_door
from tests.chat.talking import Talker

#: What parents give as well. Whatever else there is, or will be, is for facilitators alone.
OF_PARENTS = {
    *("resume", "post", "hand", "typing", "read", "ping"),
    *("retract", "report", "appeal", "pass", "wait", "quiet", "checkin"),
}

#: Which of them make sense on a private line and in a side room, and what facilitators give there beside.
#: What is reported there, coordinators answer.
OF_PARENTS_ALONE = OF_PARENTS - {"appeal", "pass", "wait", "quiet", "checkin"}
OF_FACILITATORS_ALONE: dict[str, set[str]] = {"line": set(), "side": {"close"}}

#: A command's name and what is given with it.
Order = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Matters:
    """What the commands are about, by public ids, all of it Alder's; and how far the log is."""

    head: int
    hers: str
    another: str
    held: tuple[str, str]
    declined: str
    report: str
    members: dict[str, str]


async def come_up(evening: Evening, *, aino: Talker, maija: Talker) -> Matters:
    """Messages of Aino's, two held, one declined; one of Berit's, reported; Chloe and Dara are put out."""
    hers, another, first, second, declined = (uuid4() for _matter in range(5))
    await aino.post("mine", message=hers)
    said = Command(name="post", ref="", given={"id": str(another), "body": "another's"})
    await posting.post(said, by=await at_the_door(evening, "berit"))
    await maija.send("mode", mode="hold_all")
    for message in (first, second, declined):
        assert (await aino.post("to be read first", message=message))["state"] == "held"
    await maija.send("decline", target=str(declined), reason="a name in it")
    await maija.send("mode", mode="live")
    await aino.send("report", target=str(another), reason="too harsh")
    await sync_to_async(_put_out)(evening)
    report = await Report.objects.aget()
    # Two messages and two words about the mode: she has them all, and can resume after them.
    await aino.until(lambda: aino.seq == 4)
    members = {name: evening.public_id(name) for name in ("berit", "chloe", "dara", "elias", "maija")}
    return Matters(
        head=aino.seq,
        hers=str(hers),
        another=str(another),
        held=(str(first), str(second)),
        declined=str(declined),
        report=str(report.pk),
        members=members,
    )


async def come_up_alone(*, aino: Talker, maija: Talker, members: dict[str, str]) -> Matters:
    """On a private line or in a side room: a message of each, Maija's reported; nothing is held there."""
    hers, another = uuid4(), uuid4()
    assert (await aino.post("mine", message=hers))["ok"]
    assert (await maija.post("another's", message=another))["ok"]
    assert (await aino.send("report", target=str(another), reason="too harsh"))["ok"]
    report = await Report.objects.aget(target=another)
    await aino.hears(body="another's")
    nothing = str(uuid4())
    return Matters(
        head=aino.seq,
        hers=str(hers),
        another=str(another),
        held=(nothing, nothing),
        declined=nothing,
        report=str(report.pk),
        members=members,
    )


def _put_out(evening: Evening) -> None:
    for name in ("chloe", "dara"):
        ejecting.eject(seat(evening, name), by=seat(evening, "oskar"), room=evening.room, reason="unsafe")


def orders(about: Matters, *, reason: str = "a reason") -> list[Order]:
    """In an order in which each succeeds for whom it is for; Aino is the only parent in the room."""
    return _orders(about, {"reason": reason})


def _orders(about: Matters, reason: dict[str, Any]) -> list[Order]:
    member = about.members
    return [
        ("resume", {"after": about.head}),
        ("post", {"id": str(uuid4()), "body": "one more"}),
        ("hand", {"up": True}),
        ("typing", {}),
        ("read", {"seq": 1}),
        ("ping", {}),
        ("report", {"target": about.another, **reason}),
        ("report", {"member": member["maija"], **reason}),
        ("appeal", {"target": about.declined, **reason}),
        ("quiet", {"on": False}),
        ("checkin", {"value": 5}),
        ("open", {}),
        ("mode", {"mode": "hold_first"}),
        ("slow", {"seconds": 5}),
        ("slow", {"seconds": 0}),
        ("pause", {"exercise": ""}),
        ("unpause", {}),
        ("stage", {"name": "topic", "minutes": 10}),
        ("pin", {"target": about.another}),
        ("show_typing", {"to_all": False}),
        ("ask_checkin", {}),
        ("round", {"minutes": 5}),
        ("wait", {}),
        ("next", {}),
        ("round", {"minutes": 5}),
        ("end_round", {}),
        ("round", {"minutes": 5}),
        ("pass", {}),
        ("release", {"target": about.held[0]}),
        ("decline", {"target": about.held[1], **reason}),
        ("answer", {"target": about.report, **reason}),
        ("remove", {"target": about.another, **reason}),
        ("retract", {"target": about.hers}),
        ("mute", {"member": member["berit"], "minutes": 5, **reason}),
        ("unmute", {"member": member["berit"]}),
        ("hold_member", {"member": member["berit"], "on": True}),
        ("verify", {"member": member["berit"], **reason}),
        ("whereabouts", {"member": member["berit"]}),
        ("side_room", {"member": member["berit"]}),
        ("side_room", {"member": member["berit"], "end": True}),
        ("eject", {"member": member["elias"], **reason}),
        ("confirm_eject", {"member": member["chloe"]}),
        ("undo_eject", {"member": member["dara"]}),
        ("close", {}),
    ]
