"""Very many reminders are due at once, two workers send them, and one is killed midway."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from peersupport.accounts.models import Mail, SafeContact, User
from peersupport.database.embedded import CHECKOUT
from peersupport.groups import notices
from peersupport.groups.models import Membership
from peersupport.work.duties import duties
from peersupport.work.loop import STUCK_AFTER, do_due, mend_stuck
from tests.accounts.post_office import PostOffice, post_office
from tests.cast import Cast
from tests.chat.processes import as_real_people
from tests.doses import Did, dose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load, pytest.mark.check(15, 20)]

REMINDERS = dose(200, 10_000)
# A mail takes some milliseconds; the rest is for a machine that is busy.
SECONDS = 200 + REMINDERS // 5


def many_members(cast: Cast) -> None:
    """So many people in one group, all to be reminded of the same date."""
    users = [User(sign_in_name=f"many-{number}") for number in range(REMINDERS)]
    User.objects.bulk_create(users)
    SafeContact.objects.bulk_create(
        SafeContact(
            user=user, subject=user.pk, email_is_safe=True, address=f"{user.sign_in_name}@house.example"
        )
        for user in users
    )
    Membership.objects.bulk_create(
        Membership(group=cast.birch, user=user, pseudonym=str(user.sign_in_name)) for user in users
    )


@contextmanager
def worker(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py work` in a process of its own, with its own mail server."""
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    with subprocess.Popen([sys.executable, "manage.py", "work"], cwd=CHECKOUT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


class KillsItsWorker(PostOffice):
    """Takes one mail after the other; with the `last` it takes, its worker is dead before it hears so."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.last = last
        self.worker: subprocess.Popen[bytes] | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = await super().handle_DATA(server, session, envelope)
        if len(self.taken) == self.last and self.worker:
            self.worker.kill()
            self.worker.wait()
        return said


def until_none_is_due() -> None:
    deadline = time.monotonic() + SECONDS
    while Mail.objects.filter(state="due", due_at__lte=timezone.now()).exists():
        assert time.monotonic() < deadline, "not all was sent in time"
        time.sleep(0.1)  # another process works; the database is how it is seen
    # The last one may be on its way.
    while Mail.objects.filter(state="doing").count() > 1:
        assert time.monotonic() < deadline, "a mail was neither sent nor given up"
        time.sleep(0.1)


def test_each_is_sent_once_or_flagged_though_a_worker_is_killed_while_sending(
    cast: Cast, settings: Any, did: Did
) -> None:
    now = timezone.now()
    meeting = cast.meeting(cast.birch, 1)
    cast.birch.meetings.exclude(pk=meeting.pk).delete()
    many_members(cast)
    as_real_people()
    meeting.starts_at, meeting.ends_at = now + timedelta(minutes=50), now + timedelta(hours=2)
    meeting.save()
    notices.remind(meetings=[meeting], now=now)
    expected = Mail.objects.filter(template="hour-before").count()
    assert expected >= REMINDERS

    killing = KillsItsWorker(last=REMINDERS // 10)
    with post_office(office=killing), post_office() as other:
        began = time.monotonic()
        with worker(killing.port) as first, worker(other.port):
            killing.worker = first
            until_none_is_due()
        seconds = time.monotonic() - began
        assert first.returncode == -9
        mend_stuck(duties["mail"], now=timezone.now() + STUCK_AFTER + timedelta(minutes=1))
        # Another pass sends nothing again.
        before = len(other.taken)
        settings.EMAIL_URL = f"smtp://127.0.0.1:{other.port}"
        do_due(duties["mail"], now=timezone.now() + STUCK_AFTER)
        assert len(other.taken) == before
    _everything_is_told(killing, other, expected)
    did(f"{expected} reminders by two workers in {seconds:.0f} s, one killed: one flagged, none twice")


def _everything_is_told(killing: PostOffice, other: PostOffice, expected: int) -> None:
    taken = Counter(to[0] for office in (killing, other) for to, _mail in office.taken)
    rows = Mail.objects.filter(template="hour-before")
    states = Counter(rows.values_list("state", flat=True))
    assert set(taken.values()) == {1}, "somebody was written to twice"
    assert killing.taken
    assert other.taken
    # The one that was handed over and not marked: it has arrived, and a person is told that nobody knows.
    assert states["flagged"] == 1
    [unsure] = rows.filter(state="flagged")
    assert unsure.why == "stopped midway: may have been done"
    assert unsure.address == killing.taken[-1][0][0]
    assert states["done"] + states["flagged"] == len(taken)
    assert states["done"] + states["flagged"] + states["skipped"] == expected
    assert set(rows.filter(state="skipped").values_list("why", flat=True)) <= {"nothing was marked safe"}
