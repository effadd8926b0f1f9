"""What the system checks refuse before a site is served."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pytest_django import Settings

from peersupport.database import checks


@pytest.mark.parametrize(
    ("hosts", "bind"),
    [
        (["support.example.org"], "127.0.0.1"),
        (["localhost", "*"], "127.0.0.1"),
        (["localhost"], "0.0.0.0"),
        (["localhost", "192.168.1.7"], "127.0.0.1"),
        (["localhost"], "::"),
    ],
)
def test_a_demonstration_that_others_can_reach_is_refused(
    settings: Settings, hosts: Sequence[str], bind: str
) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS, settings.BIND = True, hosts, bind
    assert [error.id for error in checks.demonstration_stays_at_home(None)] == ["database.E004"]
    settings.DEMO = False
    assert checks.demonstration_stays_at_home(None) == []


@pytest.mark.parametrize("bind", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_a_demonstration_at_home_is_not(settings: Settings, bind: str) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS, settings.BIND = True, ["localhost", "127.0.0.1", "[::1]"], bind
    assert checks.demonstration_stays_at_home(None) == []


def test_several_processes_need_redis(settings: Settings) -> None:
    settings.PROCESSES, settings.REDIS_URL = 2, ""
    assert [error.id for error in checks.processes_can_share_rooms(None)] == ["database.E003"]
    settings.REDIS_URL = "redis://localhost"
    assert checks.processes_can_share_rooms(None) == []
    settings.PROCESSES = 0
    assert [error.id for error in checks.processes_can_share_rooms(None)] == ["database.E002"]


@pytest.mark.django_db
def test_a_database_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.database_is_new_enough(["default"]) == []
    monkeypatch.setattr(checks, "OLDEST_POSTGRESQL", 99)
    (error,) = checks.database_is_new_enough(["default"])
    assert "99 or newer is needed" in error.msg
