"""Every page of the coordinator's desk, and a desk with so many applications behind it."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.accounts.models import Mail
from peersupport.joining.models import Application, Identifier, Interview, Placement, TalkTime
from peersupport.registries.routes import rules
from peersupport.vault import keys
from tests.joining import proposed

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.registries.visitors import Town

State = Application.State
WAYS = (State.SENT, State.WAITING, State.OFFERED, State.NOT_NOW, State.WAITING, State.REFERRED, State.PLACED)
#: A run of placement offers so many of them a seat and says of the others why not.
SEATED = 5
VALUES = re.compile(r"'[^']*'(::\w+)?|\b\d+\b")
LISTED = re.compile(r"\?(, \?)+")


@dataclass(frozen=True)
class Visit:
    """What one look at a page cost."""

    statements: int
    seconds: float
    asked: list[str]


def addresses(streets: Town) -> dict[str, str]:
    """The desk's pages by the names of their views, each with something behind it."""
    names = [
        name
        for name, rule in rules().items()
        if rule.who == "coordinator" and "GET" in rule.methods and name.startswith("joining:desk")
    ]
    return {name: path for name in names if (path := streets.path(name, "own")) is not None}


def visit(client: Client, path: str) -> Visit:
    """Looks at a page as after a pause: no key is in memory."""
    keys.cache.clear()
    begins = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    seconds = time.perf_counter() - begins
    assert answer.status_code == 200, (path, answer.status_code)
    return Visit(len(captured), seconds, [_shape(one["sql"]) for one in captured])


def _shape(statement: str) -> str:
    """A statement without what was asked for."""
    return LISTED.sub("?", VALUES.sub("?", statement))


@transaction.atomic
def more_applications(cast: Cast, number: int) -> None:
    """So many further ones at every point of the way, with what comes with them."""
    # No two talks at one time.
    first = Application.objects.count()
    places = range(first, first + number)
    made = [_application(cast, place, state) for place, state in zip(places, cycle(WAYS), strict=False)]
    Application.objects.bulk_create(made)
    Identifier.objects.bulk_create(
        Identifier(
            application=one,
            kind=Identifier.Kind.SELF,
            entry=one.pk,
            sort="name",
            strength="sure",
            hash=os.urandom(32),
        )
        for one in made
    )
    for place, one in zip(places, made, strict=True):
        _what_comes_with(cast, one, place)
    waiting = [one for one in made if one.state == State.WAITING]
    if waiting:
        proposed.run(cast, proposed.seats(cast.birch, waiting[:SEATED]))


def _application(cast: Cast, place: int, state: Application.State) -> Application:
    at = cast.now - timedelta(days=30, minutes=place)
    one = Application(
        code_hash=os.urandom(32),
        state=state,
        sent_at=at,
        changed_at=at,
        wanted_group=cast.birch,
        language="en",
    )
    one.tell(called=f"N{place}", times=("tue-evening",), happened="online")
    one.needs = "soon" if place % 3 else ""
    return one


def _what_comes_with(cast: Cast, one: Application, place: int) -> None:
    Mail.objects.create(
        subject=one.pk,
        template="news",
        title="A note",
        due_at=cast.now,
        state=Mail.State.DONE,
        member=cast.seat(cast.toivo).pk,
    )
    if one.state == State.SENT:
        begins = cast.now + timedelta(days=2, minutes=place)
        TalkTime.objects.create(
            offered_by=cast.salla.pk,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=30),
            how=TalkTime.How.PHONE,
            where="Call 0100 555",
            application=one,
            chosen_at=cast.now,
        )
    else:
        Interview.objects.create(
            application=one,
            held_by=cast.salla.pk,
            held_at=cast.now,
            outcome=Interview.Outcome.NOT_NOW if one.state == State.NOT_NOW else Interview.Outcome.ACCEPT,
            notes="Notes.",
            come_back_on=cast.now.date() if one.state == State.NOT_NOW else None,
        )
    if one.state == State.OFFERED:
        Placement.objects.create(
            application=one,
            group=cast.birch,
            token_hash=os.urandom(32),
            offered_by=cast.salla.pk,
            answer_by=cast.now + timedelta(days=3),
        )
