"""Somebody with a plain browser, whose forms are checked, and what comes back of what she wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from peersupport.accounts.models import User
from tests.chat.conftest import Evening
from tests.conftest import SecureClient

WORDS = "He slept </textarea><b>through</b> & I did not."
ORIGIN = {"Origin": "https://testserver"}


class Writer:
    """Somebody with a plain browser, whose form is checked as in a real one."""

    def __init__(self, evening: Evening, name: str, address: str = "") -> None:
        self.user: User = getattr(evening.cast, name)
        self.client: Client = SecureClient(enforce_csrf_checks=True, raise_request_exception=False)
        self.address = address or f"/room/{evening.room.pk}/"
        self.signs_in()

    def signs_in(self) -> None:
        """Anew: the session and the form's token change."""
        self.client.force_login(self.user)
        self.client.cookies.pop(settings.CSRF_COOKIE_NAME, None)

    def form(self) -> dict[str, str]:
        """The page's form with words in it, as its button sends it."""
        return {**self.carried(), "act": "post", "body": WORDS, "note": "sleep"}

    def carried(self, address: str = "") -> dict[str, str]:
        """What a page's form carries unseen, as she finds it."""
        return hidden(self.client.get(address or self.address).content.decode())

    def sends(self, form: dict[str, str], address: str = "") -> Any:
        """Presses the button."""
        return self.client.post(address or self.address, form, headers=ORIGIN)


def hidden(page: str) -> dict[str, str]:
    """What a page's form carries unseen."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def given_back(answer: Any) -> bool:
    """Whether the words stand in a box of the answer; that nobody keeps the answer is looked at as well."""
    boxes = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.content.decode(), re.DOTALL)
    assert answer["Cache-Control"] == "no-store"
    return WORDS in [unescape(box) for box in boxes]


def shows_nothing(answer: Any) -> bool:
    """Whether nothing of the words stands in the answer."""
    return "slept" not in answer.content.decode() and "sleep" not in answer.content.decode()


@contextmanager
def database_away() -> Iterator[None]:
    """Whatever is asked of it, the database does not answer."""

    def away(*_asked: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        yield
