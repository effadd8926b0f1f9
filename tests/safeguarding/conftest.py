"""What the tests of concerns and looks share."""

from __future__ import annotations

import html
import time
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from peersupport.accounts import contact
from peersupport.accounts.contact import Wishes
from peersupport.accounts.models import SafeContact, StaffRole, User
from peersupport.accounts.staffing import give_role
from peersupport.joining import applying
from peersupport.joining.applying import Given
from peersupport.joining.models import Application
from peersupport.safeguarding import keeping, raising
from peersupport.safeguarding.models import Concern, Level
from tests.cast import Cast
from tests.facilitators.conftest import enters

FACT = "canary-fact: she said that nobody sleeps at home"
OPINION = "canary-opinion: I think she is afraid"
CALLED, PHONE = "Canary-Called", "+358 40 000 0000"


def worried(cast: Cast, *, level: Level = Level.TALK, by: User | None = None, fact: str = FACT) -> Concern:
    """Maija is worried about Aino."""
    seen = raising.Seen(fact=fact, opinion=OPINION, somebody_else="her younger child")
    return raising.raise_concern(
        about=cast.seat(cast.aino), level=level, seen=seen, by=by or cast.maija, now=cast.now
    )


def opened(cast: Cast, **options: Any) -> Concern:
    """The same, opened by Salla."""
    return keeping.open_concern(worried(cast, **options).pk, by=cast.salla, now=cast.now)


def second_coordinator(cast: Cast) -> User:
    """Tuuli coordinates as well."""
    give_role(to=cast.tuuli, role=StaffRole.Role.COORDINATOR, by=None)
    return User.objects.get(pk=cast.tuuli.pk)


def may_be_written_to(user: User, address: str) -> SafeContact:
    """An address that is safe at any hour."""
    found = SafeContact.objects.filter(user=user).first() or SafeContact(subject=user.pk, user=user)
    wishes = Wishes(email_is_safe=True, address=address)
    return contact.keep(contact=found, wishes=wishes, time_zone="Europe/Helsinki", by=user)


def told_us(cast: Cast, now: datetime) -> Application:
    """What Aino told on her way in: how to reach her, and what happened."""
    application, _code = applying.begin(now=now)
    told: dict[str, Any] = {"called": CALLED, "in_words": "canary-intake", "reach": "phone", "phone": PHONE}
    told |= {"from_hour": "10", "until_hour": "12", "never": ("voicemail",)}
    application = applying.answer(
        application=application, question="background", given=Given(told=told), now=now
    )
    Application.objects.filter(pk=application.pk).update(user=cast.aino, state="placed", sent_at=now)
    return application


def text(client: Client, path: str, status: int = 200) -> str:
    """What a page says."""
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return html.unescape(answer.content.decode())


def until_somebody_waits() -> None:
    """Returns once another transaction waits for a lock, so that two things really happen at once."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


@pytest.fixture
def maija(cast: Cast) -> Client:
    """Maija, who leads Alder, at her browser."""
    return enters(cast.maija)


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator at her browser."""
    return enters(cast.salla)
