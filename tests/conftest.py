"""What every test stands on: the throwaway database, a browser-like client, the report at the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from hypothesis import settings as examples
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from peersupport.database.address import OWNER_ROLE
from peersupport.database.cluster import Cluster
from tests import doses, kept, report, throwaway
from tests.browsing import (
    BROWSER,
    STANDING,
    browser,
    letter_box,
    site,
    standing_browser,
    standing_site,
    visitors,
)
from tests.cast import cast
from tests.doses import did
from tests.emptying import Emptying, after_each_test
from tests.weather import weather

__all__ = [
    "browser",
    "cast",
    "did",
    "letter_box",
    "site",
    "standing_browser",
    "standing_site",
    "visitors",
    "weather",
]


# Asks every address by every method as everybody.
LONG = {"test_access.py"}
#: What empties the tables of this run, once a test has asked for the database.
EMPTYING = pytest.StashKey[Emptying]()


class SecureClient(Client):
    """Speaks https: outside the demonstration the site answers nothing else."""

    def request(self, **request: Any) -> Any:
        """Fill in the scheme that a browser would."""
        return super().request(**{**request, "wsgi.url_scheme": "https", "SERVER_PORT": "443"})


@pytest.fixture
def client() -> Client:
    """A visitor without a session."""
    return SecureClient()


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Style sheets and scripts where pages link them from, under their hashed names."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL server."""
    with throwaway.running(Path(settings.DATA_DIR)) as running:
        yield running


@pytest.fixture
def durable(cluster: Cluster) -> Iterator[None]:
    """That server writes through what was committed, as a real site's does."""
    with throwaway.durable(cluster):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: Cluster, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config
) -> Iterator[None]:
    """The schema as the owner makes it; the tests themselves sign in with the site's rights only."""
    with django_db_blocker.unblock():
        tests_role = connection.settings_dict["USER"]
        connection.settings_dict["USER"] = OWNER_ROLE
        call_command("migrate", verbosity=0)
        connection.close()
        connection.settings_dict["USER"] = tests_role
        throwaway.grant_truncate(cluster)
        pytestconfig.stash[EMPTYING] = emptying = Emptying(cluster)
        with pytest.MonkeyPatch.context() as patch:
            after_each_test(patch, emptying)
            yield
        emptying.close()
        connection.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "run load and fault tests in full, or this share of it: --long=0.1"
    parser.addoption("--long", nargs="?", type=float, const=1.0, default=0.0, metavar="SHARE", help=words)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that none runs last and alone: browsers, then what is under load."""
    places: dict[Path, int] = {}
    for item in items:
        marked = [bool(item.get_closest_marker(name)) for name in ("browser", "load")]
        place = marked.index(True) if any(marked) else 1 if item.path.name in LONG else 2
        places[item.path] = min(place, places.get(item.path, 2))
    items.sort(key=lambda item: places[item.path])


def pytest_collection_finish() -> None:
    """All that was imported stays: the collector of cycles need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """No server looks into the database of a test that does not ask for one; nor is a browser in its way."""
    standing, chromium = item.config.stash.get(STANDING, None), item.config.stash.get(BROWSER, None)
    asked = getattr(item, "fixturenames", ())
    kept.allowed = "standing_site" not in asked
    if chromium and "standing_browser" not in asked:
        chromium.close_unless_for(item.path)
    if standing and standing.served and kept.allowed:
        standing.stop()
        with item.config.stash[blocking_manager_key].unblock():
            # The server may have finished a request when the tables were empty already.
            item.config.stash[EMPTYING].empty()


def pytest_configure(config: pytest.Config) -> None:
    doses.share = config.getoption("--long")
    # That a machine is busy is no finding; and in short the examples are the same each time.
    examples.register_profile("ours", deadline=None, derandomize=not doses.share)
    examples.load_profile("ours")
    config.pluginmanager.register(report.Report(config), "peersupport-report")
