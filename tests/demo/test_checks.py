"""A database in which the demonstration was played is never served as a real site."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import Settings

from peersupport.accounts.models import User
from peersupport.accounts.opening import open_account
from peersupport.demo import checks, staging

pytestmark = pytest.mark.django_db


def test_people_of_the_demonstration_are_refused_on_a_real_site(settings: Settings) -> None:
    staging.set_up(now=timezone.now())
    assert [error.id for error in checks.nobody_of_the_cast_signs_in(["default"])] == ["demo.E001"]
    settings.DEMO = True
    assert checks.nobody_of_the_cast_signs_in(["default"]) == []


def test_people_of_a_real_site_are_not() -> None:
    open_account(email="somebody@example.org", password=None, by=None)
    assert checks.nobody_of_the_cast_signs_in(["default"]) == []


def test_a_database_without_tables_can_still_be_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(User._meta, "db_table", "not_there_yet")
    assert checks.nobody_of_the_cast_signs_in(["default"]) == []
