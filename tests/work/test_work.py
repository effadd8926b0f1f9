"""The work loop: each due row by one worker, none twice, none forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from peersupport.accounts.models import ResetRequest
from peersupport.work import loop
from peersupport.work import status as reading
from peersupport.work.duties import Duty, Later, Skipped, Sweep, Unclear, duties, sweeps
from peersupport.work.loop import STUCK_AFTER, Worker, do_due, mend_stuck, take
from peersupport.work.models import FailingSweep
from peersupport.work.one_by_one import SomeFailed, in_pages, one_by_one
from peersupport.work.status import status

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2027, 1, 14, 14, 0, tzinfo=UTC)


def due(at: datetime = NOW) -> ResetRequest:
    """A row that is due; any model with the columns of a duty would do."""
    return ResetRequest.objects.create(id=uuid4(), address="", due_at=at)


def duty(do: Callable[[Any, datetime], None] = lambda row, now: None, *, repeatable: bool = True) -> Duty:
    return Duty(name="test", model=ResetRequest, do=do, repeatable=repeatable)


def raising(error: Exception) -> Callable[[Any, datetime], None]:
    def do(row: Any, now: datetime) -> None:
        raise error

    return do


def state(row: ResetRequest) -> str:
    return ResetRequest.objects.values_list("state", flat=True).get(pk=row.pk)


def test_what_is_due_is_done_oldest_first_and_what_is_not_waits() -> None:
    second, first, later = due(), due(NOW - timedelta(hours=1)), due(NOW + timedelta(seconds=1))
    order: list[Any] = []
    assert do_due(duty(lambda row, now: order.append(row.pk)), now=NOW) == 2
    assert order == [first.pk, second.pk]
    assert [state(row) for row in (first, second, later)] == ["done", "done", "due"]


def test_a_pass_does_no_more_than_it_was_asked_to() -> None:
    for _ in range(5):
        due()
    assert do_due(duty(), now=NOW, most=3) == 3
    assert ResetRequest.objects.filter(state="due").count() == 2


@pytest.mark.check(15)
def test_two_workers_never_take_the_same_row_and_leave_none() -> None:
    rows = {due().pk for _ in range(40)}
    together = threading.Barrier(2)
    taken: list[Any] = []

    def work() -> None:
        try:
            together.wait(10)
            while (row := take(duty(), now=NOW)) is not None:
                taken.append(row.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(taken) == len(rows)
    assert set(taken) == rows


def test_a_row_that_another_worker_holds_is_passed_over_and_not_waited_for() -> None:
    held, free = due(NOW - timedelta(hours=1)), due()
    found: list[Any] = []

    def other() -> None:
        try:
            found.append(take(duty(), now=NOW))
        finally:
            connection.close()

    with transaction.atomic():
        ResetRequest.objects.select_for_update().get(pk=held.pk)
        worker = threading.Thread(target=other)
        worker.start()
        worker.join(10)
        assert not worker.is_alive()
    assert [row.pk for row in found] == [free.pk]


@pytest.mark.check(15)
@pytest.mark.parametrize(("repeatable", "becomes"), [(True, "due"), (False, "flagged")])
def test_a_row_whose_worker_died_is_done_again_only_if_that_is_harmless(
    repeatable: bool, becomes: str
) -> None:
    row, kind = due(), duty(repeatable=repeatable)
    take(kind, now=NOW)
    mend_stuck(kind, now=NOW + STUCK_AFTER)
    assert state(row) == "doing"
    mend_stuck(kind, now=NOW + STUCK_AFTER + timedelta(seconds=1))
    assert state(row) == becomes
    assert do_due(kind, now=NOW + timedelta(hours=1)) == (1 if repeatable else 0)


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (RuntimeError("aino@demo.example"), "failed"),
        (Skipped("no longer wanted"), "skipped"),
        (Unclear("the line went dead"), "flagged"),
        (Later(NOW + timedelta(minutes=5), why="server away"), "due"),
    ],
    ids=["failure", "skipped", "unclear", "later"],
)
def test_a_row_says_what_became_of_it(error: Exception, becomes: str) -> None:
    row = due()
    do_due(duty(raising(error)), now=NOW, most=1)
    assert state(row) == becomes


def test_a_row_that_was_put_off_waits_its_time() -> None:
    row = due()
    later = NOW + timedelta(minutes=5)
    do_due(duty(raising(Later(later, why="server away"))), now=NOW)
    assert do_due(duty(), now=later - timedelta(seconds=1)) == 0
    row.refresh_from_db()
    assert (row.why, row.taken_at) == ("server away", None)
    assert do_due(duty(), now=later) == 1


@pytest.mark.check(47)
def test_a_failure_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    row = due()
    do_due(duty(raising(RuntimeError("aino@demo.example"))), now=NOW)
    assert "test failed: RuntimeError" in caplog.text
    assert "aino" not in caplog.text
    row.refresh_from_db()
    assert row.why == "RuntimeError"


def test_one_failure_does_not_stop_the_next_row() -> None:
    first, second = due(NOW - timedelta(hours=1)), due()

    def do(row: Any, now: datetime) -> None:
        if row.pk == first.pk:
            raise RuntimeError

    do_due(duty(do), now=NOW)
    assert (state(first), state(second)) == ("failed", "done")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Duty], dict[str, Sweep]]:
    """Nothing registered but what a test puts there."""
    kinds: dict[str, Duty] = {}
    rounds: dict[str, Sweep] = {}
    for reader in (loop, reading):
        monkeypatch.setattr(reader, "duties", kinds)
        monkeypatch.setattr(reader, "sweeps", rounds)
    return kinds, rounds


def test_a_sweep_returns_at_its_interval(only: Any) -> None:
    seen: list[datetime] = []
    only[1]["tidy"] = Sweep(name="tidy", do=seen.append, every=timedelta(minutes=10))
    times = iter([NOW, NOW + timedelta(minutes=9), NOW + timedelta(minutes=10)])
    worker = Worker(clock=lambda: next(times))
    for _ in range(3):
        worker.pass_once()
    assert seen == [NOW, NOW + timedelta(minutes=10)]


def test_a_sweep_that_fails_stops_nothing(only: Any) -> None:
    def fail(now: datetime) -> None:
        raise RuntimeError

    only[1]["broken"] = Sweep(name="broken", do=fail, every=timedelta(minutes=1))
    only[0]["test"] = duty()
    due()
    assert Worker(clock=lambda: NOW).pass_once() == 1


def test_a_sweep_does_every_row_it_can_and_says_that_one_failed(caplog: pytest.LogCaptureFixture) -> None:
    rows = [due() for _ in range(3)]

    def forget(row: ResetRequest) -> None:
        ResetRequest.objects.filter(pk=row.pk).delete()
        if row == rows[1]:
            raise RuntimeError("aino@demo.example")

    with pytest.raises(SomeFailed):
        one_by_one(rows, forget, what="forgetting")
    assert list(ResetRequest.objects.all()) == [rows[1]]
    assert "forgetting failed for one row: RuntimeError" in caplog.text
    assert "aino" not in caplog.text


def test_a_deadlock_concerns_one_row_and_a_lost_database_all(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def fail(row: int) -> None:
        seen.append(row)
        raise OperationalError

    with pytest.raises(SomeFailed):
        one_by_one([1, 2], fail, what="test")
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        one_by_one([3, 4], fail, what="test")
    assert seen == [1, 2, 3]


def test_rows_that_fail_keep_no_page_of_others_waiting() -> None:
    rows = sorted((due() for _ in range(5)), key=lambda row: row.pk.int)

    def forget(row: ResetRequest) -> None:
        if row in rows[:3]:
            raise RuntimeError
        row.delete()

    with pytest.raises(SomeFailed, match="3"):
        one_by_one(in_pages(ResetRequest.objects.all(), size=2), forget, what="forgetting")
    assert {row.pk for row in ResetRequest.objects.all()} == {row.pk for row in rows[:3]}


def test_a_sweep_that_fails_is_an_alarm_until_it_goes_through(only: Any, capsys: Any) -> None:
    tries = iter([ValueError("aino@demo.example"), OperationalError("canceled"), None])

    def do(now: datetime) -> None:
        error = next(tries)
        if error is not None:
            raise error

    only[1]["tidy"] = Sweep(name="tidy", do=do, every=timedelta(minutes=10))
    times = iter(NOW + turn * timedelta(minutes=10) for turn in range(3))
    worker = Worker(clock=lambda: next(times))
    worker.pass_once()
    worker.pass_once()
    with pytest.raises(CommandError, match="has to look"):
        call_command("work", "--status")
    said = capsys.readouterr().out
    assert "fails since 2027-01-14 14:00 UTC (OperationalError), last tried 2027-01-14 14:10" in said
    assert "aino" not in said
    worker.pass_once()
    call_command("work", "--status")
    assert "tidy" not in capsys.readouterr().out


def test_what_another_start_saw_failing_is_cleared_when_it_goes_through(only: Any) -> None:
    FailingSweep.objects.create(name="tidy", since=NOW, tried_at=NOW, why="ValueError")
    only[1]["tidy"] = Sweep(name="tidy", do=lambda now: None, every=timedelta())
    Worker(clock=lambda: NOW).pass_once()
    assert not FailingSweep.objects.exists()


@pytest.mark.parametrize(
    ("columns", "alarm"),
    [
        ({"due_at": NOW - timedelta(minutes=9)}, False),
        ({"due_at": NOW - timedelta(minutes=10)}, True),
        ({"due_at": NOW + timedelta(days=1)}, False),
        ({"state": "doing", "taken_at": NOW - timedelta(minutes=1)}, False),
        ({"state": "doing", "taken_at": NOW - timedelta(minutes=20)}, True),
        ({"state": "failed", "done_at": NOW - timedelta(hours=23)}, True),
        ({"state": "flagged", "done_at": NOW - timedelta(hours=25)}, False),
        ({"state": "done", "done_at": NOW}, False),
    ],
)
def test_a_row_that_waits_too_long_or_went_wrong_is_an_alarm(
    only: Any, columns: dict[str, Any], alarm: bool
) -> None:
    only[0]["test"] = duty()
    row = due(NOW - timedelta(minutes=30))
    ResetRequest.objects.filter(pk=row.pk).update(**columns)
    assert [line.alarm for line in status(NOW)] == [alarm]


def test_a_worker_waits_out_a_database_that_is_away_and_stops_when_told(only: Any) -> None:
    tries: list[int] = []

    def away(now: datetime) -> None:
        tries.append(1)
        if len(tries) == 3:
            worker.stop()
        raise OperationalError

    only[1]["away"] = Sweep(name="away", do=away, every=timedelta())
    worker = Worker(clock=lambda: NOW, pause=0.01)
    thread = threading.Thread(target=worker.run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert len(tries) == 3


def test_the_command_does_one_pass(only: Any, capsys: Any) -> None:
    only[0]["test"] = duty()
    due(datetime(2020, 1, 1, tzinfo=UTC))
    call_command("work", "--once")
    assert "1 done" in capsys.readouterr().out


def test_every_duty_and_sweep_of_the_site_is_registered_under_its_own_name() -> None:
    assert {"mail", "reset"} <= duties.keys()
    assert {"forget expired sessions", "forget old mails", "forget short memory"} <= sweeps.keys()
    for name, kind in duties.items():
        columns = {field.name for field in kind.model._meta.get_fields()}
        assert {"due_at", "state", "taken_at", "done_at", "why"} <= columns, name
