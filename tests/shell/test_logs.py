"""The log says where something went wrong, and repeats nothing that a person wrote or an address held."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import DataError, transaction
from django.utils.module_loading import import_string

from tests.conftest import SecureClient

pytestmark = pytest.mark.check(47)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the site's own handler would write, as its settings have it."""
    logging_as_set: Any = settings.LOGGING
    wanted = dict(logging_as_set["formatters"][logging_as_set["handlers"]["console"]["formatter"]])
    formatter = import_string(wanted.pop("()"))(**wanted)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    loggers = [logging.getLogger(name) for name in ("", "django", "peersupport")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.django_db
def test_the_row_a_database_refused_is_not_repeated(log: io.StringIO) -> None:
    try:
        with transaction.atomic():
            Group.objects.create(name="x" * 400)
    except DataError as error:
        cause = ValueError("hanna@safe.example")
        cause.__cause__ = error
        logging.getLogger("peersupport.trial").error("it failed", exc_info=cause)
    said = log.getvalue()
    assert "it failed" in said
    assert "django.db.utils.DataError" in said
    assert "test_logs.py" in said
    assert "builtins.ValueError" in said
    assert "hanna@safe.example" not in said
    assert "too long" not in said


def test_an_error_behind_a_link_with_a_key_names_the_page_and_not_the_key(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: object, **_named: object) -> None:
        raise RuntimeError("can" + "ary")

    monkeypatch.setattr("peersupport.joining.views.invitation.may_try", breaks)
    client = SecureClient(raise_request_exception=False)
    assert client.get("/join/invitation/a-key-that-opens/").status_code == 500
    said = log.getvalue()
    assert "500 at joining:invited" in said
    assert "a-key-that-opens" not in said
    assert "canary" not in said


def test_a_form_sent_from_elsewhere_is_logged_without_its_address(log: io.StringIO) -> None:
    client = SecureClient(enforce_csrf_checks=True)
    assert client.post("/join/withdraw-everything-canary/").status_code == 403
    assert "403 at joining:question, POST" in log.getvalue()
    assert "canary" not in log.getvalue()


def test_a_host_that_is_not_ours_is_not_repeated(log: io.StringIO) -> None:
    SecureClient(raise_request_exception=False).get("/", HTTP_HOST="canary.example")
    assert "canary" not in log.getvalue()
