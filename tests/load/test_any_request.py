"""No request, sensible or not, gets an answer that the API's description does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from peersupport.accounts import api
from tests.cast import Cast
from tests.doses import dose
from tests.load import anything

pytestmark = [pytest.mark.django_db, pytest.mark.load]


API = anything.schema(examples=dose(4, 400))


@pytest.fixture
def headers(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Somebody to whom everything is open, however often she asks."""
    monkeypatch.setattr(api, "A_MINUTE", dict.fromkeys(api.A_MINUTE, 10**9))
    headers = anything.everything_is_open_to(cast)
    with anything.kept_connection():
        yield headers


@API.parametrize()  # type: ignore[untyped-decorator]  # of a schema that has no types
# One person asks them all.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_answer_is_one_that_the_description_knows(case: Any, headers: dict[str, str]) -> None:
    anything.ask(case, headers)
