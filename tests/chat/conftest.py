"""A room with its people, ready to talk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from peersupport.chat import consumer
from peersupport.chat.keeping.deciding import Decisions, Draft
from peersupport.chat.models import Room
from peersupport.chat.protocol import limiting
from tests import kept
from tests.cast import Cast
from tests.chat.processes import Servers, as_real_people
from tests.chat.reader import Reader
from tests.chat.talking import Talker, cookie_of, header_of, serving, talker
from tests.conftest import SecureClient
from tests.joining import walking
from tests.registries.visitors import put_out


@dataclass
class Evening:
    """The group Alder with its room, and a way for each of the cast to come in."""

    cast: Cast
    room: Room
    cookies: dict[str, str] = field(default_factory=dict)
    seats: dict[str, UUID] = field(default_factory=dict)
    port: int = 0
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def knows(self, name: str) -> None:
        """One of the cast is signed in."""
        user = getattr(self.cast, name)
        self.cookies[name] = cookie_of(user)
        self.seats[name] = self.cast.seat(user).pk

    async def comes(self, name: str, *, room: UUID | None = None, resumed: bool = True) -> Talker:
        """Somebody enters the group's room, or another one."""
        return await self.stack.enter_async_context(
            talker(self.port, room or self.room.pk, self.cookies[name], resumed=resumed)
        )

    def public_id(self, name: str) -> str:
        """The id by which others know her."""
        return f"m_{self.seats[name].hex}"


NAMES = ("aino", "berit", "elias", "maija", "oskar")
#: As what an evening with all of them is kept for the next test.
SETTLED = "everybody signed in"


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed: sockets read over connections of their own."""
    return Cast(kept.moment())


@pytest.fixture
def settled_evening(people: Cast) -> Evening:
    """Everybody signed in, the room closed, nobody there yet."""
    return settled(people)


def settled(people: Cast) -> Evening:
    """Such an evening: as a test before this one left it, or made anew."""
    back = kept.put_back(SETTLED, people.now)
    if back is not None:
        cast, *known = back
        people.goes_on_as(cast)
        return Evening(people, *known)
    begins = kept.nothing_is_there()
    evening = Evening(cast=people, room=people.room(people.alder))
    for name in NAMES:
        evening.knows(name)
    if begins:
        kept.keep(SETTLED, people.now, (people, evening.room, evening.cookies, evening.seats))
    return evening


@pytest.fixture
def toivo_is_there(settled_evening: Evening) -> None:
    """Toivo is signed in as well; with him comes his group, Birch."""
    settled_evening.knows("toivo")


@pytest.fixture
def strangers(settled_evening: Evening, toivo_is_there: None) -> tuple[str, ...]:
    """Everybody whom no room of Alder lets in, each signed in: Farah's place in the group is suspended."""
    cast = settled_evening.cast
    put_out(cast)
    for name in ("salla", "tuuli", "farah"):
        settled_evening.cookies[name] = cookie_of(getattr(cast, name))
    applicant = SecureClient()
    walking.apply(applicant)
    settled_evening.cookies["applicant"] = header_of(applicant)
    return "toivo", "salla", "tuuli", "farah", "applicant"


@pytest.fixture
async def evening(settled_evening: Evening) -> AsyncIterator[Evening]:
    """The same, with the server up."""
    async with serving() as port:
        settled_evening.port = port
        async with settled_evening.stack:
            yield settled_evening


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> str:
    """The words of a message that cannot be decided about: whoever tries fails."""
    words, decide = "poison", Decisions.decide

    def choosy(decisions: Decisions, draft: Draft, standing: Any) -> Any:
        if draft.body == words:
            raise ValueError
        return decide(decisions, draft, standing)

    monkeypatch.setattr(Decisions, "decide", choosy)
    return words


@pytest.fixture
def open_evening_room(settled_evening: Evening) -> Evening:
    """The room stands open, as if two facilitators had opened it a moment ago."""
    now: datetime = timezone.now()
    Room.objects.filter(pk=settled_evening.room.pk).update(state=Room.State.OPEN, attended_at=now)
    return settled_evening


@pytest.fixture
def aino(open_evening_room: Evening) -> Reader:
    """Aino in the open room, with a plain browser."""
    return Reader(open_evening_room, open_evening_room.cast.aino)


@pytest.fixture
def berit(open_evening_room: Evening) -> Reader:
    """Berit in the open room, with a plain browser."""
    return Reader(open_evening_room, open_evening_room.cast.berit)


@pytest.fixture
def evening_in_pages(cast: Cast) -> Evening:
    """The open room within the test's own transaction: for pages alone, without a server. Costs far less."""
    room = cast.room(cast.alder)
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=cast.now)
    room.refresh_from_db()
    seats = {name: cast.seat(getattr(cast, name)).pk for name in NAMES if name not in {"maija", "oskar"}}
    return Evening(cast=cast, room=room, cookies={}, seats=seats | _of_staff(cast))


def _of_staff(cast: Cast) -> dict[str, UUID]:
    return {name: cast.seat(getattr(cast, name), cast.alder).pk for name in ("maija", "oskar")}


@pytest.fixture
async def open_evening(open_evening_room: Evening, evening: Evening) -> Evening:
    """An open room with the server up."""
    return evening


@pytest.fixture
async def unhurried(monkeypatch: pytest.MonkeyPatch, open_evening: Evening) -> Evening:
    """An open room in which nobody is ever told to slow down."""
    for name in ("FRAMES", "POSTS", "RESUMES"):
        monkeypatch.setattr(limiting, name, (1e9, 1e9))
    monkeypatch.setattr(consumer, "FLOOD", (1e9, 1e9))
    return open_evening


@pytest.fixture
def servers(open_evening_room: Evening) -> Iterator[Servers]:
    """An open room and a server in a process of its own, which can be killed and started anew."""
    as_real_people()
    with ExitStack() as stack:
        starting = Servers(open_evening_room, stack)
        starting.start()
        # The tests' own connections are not what is tried here: of this thread, and below of the other one.
        connections.close_all()
        yield starting
