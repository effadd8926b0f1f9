"""Every command of a room, and who may give it: none that is for facilitators is for anybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from peersupport.chat import acting, posting
from peersupport.chat.consumer import HANDLERS
from peersupport.chat.models import Room
from peersupport.chat.protocol.commands import Command
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.membership import leave
from tests.chat.conftest import Evening
from tests.chat.houses import House, house, seat
from tests.chat.orders import (
    OF_FACILITATORS_ALONE,
    OF_PARENTS,
    OF_PARENTS_ALONE,
    Matters,
    come_up,
    come_up_alone,
    orders,
)
from tests.chat.saying import at_the_door
from tests.chat.talking import Talker, cookie_of, talker
from tests.chat.test_without_sockets import asking

__all__ = ["house"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(30)]

NAMING_SOMETHING = {"target", "member"}


@pytest.fixture
def all_known(settled_evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chloe and Dara are known as well, and Ruben, who leads the other group; pages come by a proxy."""
    for name in ("chloe", "dara", "toivo"):
        settled_evening.knows(name)
    ruben, birch = settled_evening.cast.ruben, settled_evening.cast.birch
    settled_evening.cookies["ruben"] = cookie_of(ruben)
    Room.objects.filter(pk=settled_evening.cast.room(birch).pk).update(
        state=Room.State.OPEN, attended_at=timezone.now()
    )
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))


@asynccontextmanager
async def two_there(evening: Evening) -> AsyncIterator[tuple[Talker, Talker, Matters]]:
    """Aino and Maija, and what there is to decide."""
    aino, maija = await evening.comes("aino"), await evening.comes("maija")
    yield aino, maija, await come_up(evening, aino=aino, maija=maija)


def test_every_command_there_is_is_tried_below() -> None:
    nothing = Matters(
        0, "", "", ("", ""), "", "", dict.fromkeys(("berit", "chloe", "dara", "elias", "maija"), "")
    )
    tried = {command for command, _given in orders(nothing)}
    assert HANDLERS.keys() - tried == set(), "say in tests/chat/orders.py what is given with these"
    assert (tried | OF_PARENTS) - HANDLERS.keys() == set(), "these are no commands"


async def test_each_command_is_done_for_whom_it_is_for_and_what_is_for_facilitators_is_refused_to_parents(
    all_known: None, unhurried: Evening
) -> None:
    wrong: list[Any] = []
    async with two_there(unhurried) as (aino, maija, about), asking(unhurried, "aino") as asker:
        for command, given in orders(about):
            if command in OF_PARENTS:
                reply = await aino.send(command, **given)
            else:
                without = await asker.send(cmd=command, **given)
                refused = [code(await aino.send(command, **given)), code(without.json()), without.status_code]
                wrong += [(command, refused)] * (refused != ["not_allowed", "not_allowed", 403])
                # The same words at the same moment, so that it was not for them that she was refused.
                reply = await maija.send(command, **given)
            wrong += [(command, reply)] * (not reply["ok"])
    assert wrong == []


@pytest.mark.parametrize("kind", sorted(OF_FACILITATORS_ALONE))
async def test_on_her_line_and_aside_a_parent_gives_her_own_commands_and_none_of_the_facilitators(
    all_known: None, house: House, unhurried: Evening, kind: str
) -> None:
    wrong: list[Any] = []
    room = house[kind]
    aino, maija = [await unhurried.comes(name, room=room) for name in ("aino", "maija")]
    members = {name: unhurried.public_id(name) for name in ("berit", "chloe", "dara", "elias", "maija")}
    about = await come_up_alone(aino=aino, maija=maija, members=members)
    async with asking(unhurried, "aino", room=room) as asker, asking(unhurried, "berit", room=room) as berit:
        for command, given in orders(about):
            wrong += [("berit", command)] * ((await berit.send(cmd=command, **given)).status_code != 404)
            if command in OF_PARENTS_ALONE:
                reply = await aino.send(command, **given)
            else:
                without = await asker.send(cmd=command, **given)
                refused = [code(await aino.send(command, **given)), code(without.json()), without.status_code]
                wrong += [(command, refused)] * (refused != ["not_allowed", "not_allowed", 403])
                if command not in OF_FACILITATORS_ALONE[kind]:
                    continue
                reply = await maija.send(command, **given)
            wrong += [(command, reply)] * (not reply["ok"])
    assert wrong == []


async def test_no_command_reaches_from_another_group_into_this_one(
    all_known: None, unhurried: Evening
) -> None:
    birch = await Room.objects.aget(group__name=unhurried.cast.birch.name, kind=Room.Kind.GROUP)
    wrong: list[Any] = []
    async with two_there(unhurried) as (_aino, _maija, about), asking(unhurried, "toivo") as toivo:
        ruben = await unhurried.stack.enter_async_context(
            talker(unhurried.port, birch.pk, unhurried.cookies["ruben"])
        )
        for command, given in orders(about):
            if NAMING_SOMETHING & given.keys():
                refused = code(await ruben.send(command, **given))
                wrong += [(command, refused)] * (refused != "not_allowed")
            status = (await toivo.send(cmd=command, **given)).status_code
            wrong += [(command, status)] * (status != 404)
    assert wrong == []


async def test_who_has_left_a_moment_ago_gives_no_command_any_more(
    all_known: None, unhurried: Evening
) -> None:
    async with two_there(unhurried) as (_aino, _maija, about):
        entries = [await at_the_door(unhurried, name) for name in ("aino", "maija")]
        await sync_to_async(all_leave)(unhurried, "aino", "maija")
        for entry in entries:
            for command, given in orders(about):
                wanted = Command(command, "", given)
                if command in acting.NAMES:
                    with pytest.raises(Refused, match="not_allowed"):
                        await acting.act(wanted, by=entry)
                if command == "post":
                    with pytest.raises(Refused, match="not_allowed"):
                        await posting.post(wanted, by=entry)


def all_leave(evening: Evening, *names: str) -> None:
    """They belong to the group no more."""
    for name in names:
        leave(membership=seat(evening, name), by=evening.cast.salla, now=timezone.now())


def code(reply: dict[str, Any]) -> str:
    """Why it was refused; empty where it was not."""
    return str(reply.get("error", {}).get("code", ""))
