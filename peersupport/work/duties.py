"""Kinds of due rows, and sweeps that return at an interval. Apps register theirs when they start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models


class Later(Exception):
    """Raised by a duty that cannot be done now, and changed nothing: the row is due again `at`."""

    def __init__(self, at: datetime, *, why: str = "") -> None:
        super().__init__(why)
        self.at, self.why = at, why


class Skipped(Exception):
    """Raised by a duty that is no longer wanted; its argument says why. The row's state becomes skipped."""


class Unclear(Exception):
    """Raised by a duty that may have been done and may not; its argument says why. A person has to look."""


@dataclass(frozen=True)
class Duty:
    """Rows of one model that become due: columns `due_at`, `state` (due, doing, done, failed, flagged;
    skipped where the duty skips), `taken_at`, `done_at` and `why`.

    `do` gets the row and the time; it returns when done, raises Later, Skipped or Unclear, or fails. It must
    be safe to call again unless `repeatable` is False: then a row whose doer died midway is flagged for a
    person and not done twice.
    """

    name: str
    model: type[models.Model]
    do: Callable[[Any, datetime], None]
    repeatable: bool = True


@dataclass(frozen=True)
class Sweep:
    """Something to look after again and again: called with the time, every `every`."""

    name: str
    do: Callable[[datetime], None]
    every: timedelta


duties: dict[str, Duty] = {}
sweeps: dict[str, Sweep] = {}


def duty(
    name: str, *, model: type[models.Model], do: Callable[[Any, datetime], None], repeatable: bool = True
) -> None:
    """Registers a kind of due row."""
    duties[name] = Duty(name=name, model=model, do=do, repeatable=repeatable)


def sweep(name: str, *, do: Callable[[datetime], None], every: timedelta) -> None:
    """Registers a sweep. Two processes may run one at the same time: it must lock what it changes."""
    sweeps[name] = Sweep(name=name, do=do, every=every)
