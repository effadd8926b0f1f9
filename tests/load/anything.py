"""The API asked by schemathesis: whatever its description allows, and whatever it forbids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from schemathesis.config import SchemathesisConfig

from peersupport.accounts.models import StaffRole
from peersupport.accounts.staffing import give_role
from peersupport.shell.api_description import description
from tests.cast import Cast
from tests.registries.visitors import staff_browser

#: Besides what is usual, well-formed input may be refused because it cannot be: an end before its beginning.
ACCEPTED = ["2xx", "401", "403", "404", "409", "422"]
ORIGIN = "https://testserver"


def schema(*, examples: int) -> Any:
    """The API as schemathesis knows it, answered in this process, so many examples for each operation."""
    config = SchemathesisConfig.from_dict(
        {
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        }
    )
    loaded = schemathesis.openapi.from_dict(description("en"), config=config)
    loaded.app = get_wsgi_application()
    return loaded


def everything_is_open_to(cast: Cast) -> dict[str, str]:
    """The headers of somebody who leads groups and coordinates, and whose page sent them."""
    cast.group("alder")
    cast.group("birch")
    give_role(to=cast.ruben, role=StaffRole.Role.COORDINATOR, by=None)
    browser: Client = staff_browser(cast.ruben)
    browser.get("/desk/partners/")
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    csrf = next(value for name, value in cookies.items() if "csrf" in name)
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": csrf,
        "Referer": f"{ORIGIN}/desk/partners/",
    }


@contextmanager
def kept_connection() -> Iterator[None]:
    """The test's connection to the database is not closed after a request: what it made is there alone."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def ask(case: Any, headers: dict[str, str]) -> None:
    """One request, and every check there is of its answer."""
    case.call_and_validate(base_url=ORIGIN, headers=headers)
