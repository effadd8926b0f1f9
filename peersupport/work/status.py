"""How what is due stands: what waits too long, what went wrong, which sweeps fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from peersupport.work.duties import Duty, duties, sweeps
from peersupport.work.loop import STUCK_AFTER
from peersupport.work.models import FailingSweep

LATE_AFTER = timedelta(minutes=10)
LOOKED_BACK = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One line of the status. `alarm`: somebody has to look."""

    words: str
    alarm: bool


def status(now: datetime) -> Iterator[Line]:
    """A line for every duty and for every sweep that fails."""
    for duty in duties.values():
        yield _of(duty, now)
    for sweep in FailingSweep.objects.filter(name__in=sweeps).order_by("since"):
        since, tried = f"{sweep.since:%Y-%m-%d %H:%M}", f"{sweep.tried_at:%Y-%m-%d %H:%M}"
        yield Line(
            f"sweep {sweep.name}: fails since {since} UTC ({sweep.why}), last tried {tried}", alarm=True
        )


def _of(duty: Duty, now: datetime) -> Line:
    rows = duty.model._default_manager
    # A row whose worker died is due again after a while, if any worker is left.
    waiting = Q(state="due", due_at__lte=now) | Q(state="doing", taken_at__lte=now - STUCK_AFTER)
    due = rows.filter(waiting).aggregate(number=Count("pk"), oldest=Min("due_at"))
    wrong = rows.filter(state__in=["failed", "flagged"], done_at__gt=now - LOOKED_BACK).count()
    late = due["oldest"] is not None and due["oldest"] <= now - LATE_AFTER
    words = f"{duty.name}: {due['number']} due"
    if due["oldest"] is not None:
        words += f", the oldest since {due['oldest']:%Y-%m-%d %H:%M} UTC"
    if wrong:
        words += f"; {wrong} failed or unclear within a day"
    return Line(words, alarm=late or wrong > 0)
