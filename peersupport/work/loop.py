"""Takes due rows and does them: each by one worker, none twice, none forgotten."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, close_old_connections, connection, models, transaction
from django.utils import timezone

from peersupport.work.duties import Duty, Later, Skipped, Unclear, duties, sweeps
from peersupport.work.models import FailingSweep

log = logging.getLogger("peersupport.work")

STUCK_AFTER = timedelta(minutes=10)
BATCH = 50


def take(duty: Duty, *, now: datetime) -> models.Model | None:
    """Marks the oldest due row as being done and gives it, or None. Other workers skip locked rows."""
    manager = duty.model._default_manager
    with transaction.atomic():
        row = (
            manager.select_for_update(skip_locked=True)
            .filter(state="due", due_at__lte=now)
            .order_by("due_at")
            .first()
        )
        if row is not None:
            manager.filter(pk=row.pk).update(state="doing", taken_at=now)
    return row


def do_due(duty: Duty, *, now: datetime, most: int = BATCH) -> int:
    """Does at most `most` due rows of one kind and says how many it did."""
    done = 0
    while done < most and (row := take(duty, now=now)) is not None:
        _do(duty, row, now)
        done += 1
    return done


def _do(duty: Duty, row: models.Model, now: datetime) -> None:
    rows = duty.model._default_manager.filter(pk=row.pk, state="doing")
    try:
        duty.do(row, now)
    except Later as later:
        rows.update(state="due", due_at=later.at, taken_at=None, why=later.why)
    except Skipped as skipped:
        rows.update(state="skipped", done_at=timezone.now(), why=str(skipped))
    except Unclear as unclear:
        log.error("%s is unclear: %s", duty.name, unclear)
        rows.update(state="flagged", done_at=timezone.now(), why=str(unclear))
    except Exception as error:
        # The kind of error only: its text may hold an address.
        log.error("%s failed: %s", duty.name, type(error).__name__)
        rows.update(state="failed", done_at=timezone.now(), why=type(error).__name__)
    else:
        rows.update(state="done", done_at=timezone.now())


def mend_stuck(duty: Duty, *, now: datetime) -> int:
    """Rows whose worker died: due again if repeating is safe, otherwise flagged for a person."""
    stuck = duty.model._default_manager.filter(state="doing", taken_at__lt=now - STUCK_AFTER)
    if duty.repeatable:
        return stuck.update(state="due", taken_at=None)
    return stuck.update(state="flagged", done_at=now, why="stopped midway: may have been done")


class Worker:
    """One pass over all duties and sweeps at a time, until told to stop."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now, pause: float = 1.0) -> None:
        self._clock, self._pause = clock, pause
        self._last: dict[str, datetime] = {}
        # Sweeps that went through here when they were last tried.
        self._well: set[str] = set()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ends `run` after the row under way."""
        self._stopping.set()

    def run(self) -> None:
        """Works until stopped. A database that is away is waited for, calmly."""
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                did = self.pass_once()
            except OperationalError:
                log.warning("the database is away; waiting")
                did = 0
            finally:
                close_old_connections()
            if not did:
                self._stopping.wait(max(0.0, self._pause - (time.monotonic() - started)))

    def pass_once(self) -> int:
        """Every sweep whose time has come, then every due row; how many rows were done."""
        now = self._clock()
        for sweep in list(sweeps.values()):
            last = self._last.get(sweep.name)
            if last is None or now - last >= sweep.every:
                self._last[sweep.name] = now
                self._sweep(sweep.name, now)
        done = 0
        for duty in list(duties.values()):
            mend_stuck(duty, now=now)
            done += do_due(duty, now=now)
        return done

    def _sweep(self, name: str, now: datetime) -> None:
        try:
            sweeps[name].do(now)
        except Exception as error:
            # A time limit concerns one sweep; a lost connection all that is due.
            if isinstance(error, OperationalError) and not connection.is_usable():
                raise
            log.error("sweep %s failed: %s", name, type(error).__name__)
            self._well.discard(name)
            tried = {"tried_at": now, "why": type(error).__name__[:80]}
            FailingSweep.objects.update_or_create(
                name=name, defaults=tried, create_defaults={"since": now, **tried}
            )
        else:
            if name not in self._well:
                FailingSweep.objects.filter(name=name).delete()
                self._well.add(name)
