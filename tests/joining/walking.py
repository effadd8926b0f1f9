"""A parent's way through the questions, as her browser would send it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

ANSWERS: dict[str, dict[str, Any]] = {
    "agreement": {"limits": "on", "keeping": "on"},
    "course": {"group": "unsure"},
    "language": {"language": "en", "country": "fi"},
    "times": {"times": ["tue-evening", "thu-evening"]},
    "background": {"happened": "online", "in_words": "A court case is open."},
    "contact": {"reach": "code"},
    "name": {"called": "Greta"},
    "wishes": {},
}
ADDRESS = {"address": "greta@safe.example", "others_read": "nobody", "from_hour": "", "until_hour": ""}
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


def answer(client: Client, question: str, **changes: Any) -> Any:
    """Answers one question, with changes to the usual answer."""
    usual = ADDRESS if question == "address" else ANSWERS[question]
    return client.post(f"/join/{question}/", {**usual, **changes})


def answer_all(client: Client, *, by_mail: bool = False, **changes: dict[str, Any]) -> None:
    """Answers every question; `changes` by question."""
    for question in ANSWERS:
        given = {"reach": "email"} if by_mail and question == "contact" else {}
        assert answer(client, question, **{**given, **changes.get(question, {})}).status_code == 302, question
        if given:
            assert answer(client, "address", **changes.get("address", {})).status_code == 302


def apply(client: Client, *, by_mail: bool = False, **changes: dict[str, Any]) -> str:
    """Answers everything, sends it, and gives the return code."""
    answer_all(client, by_mail=by_mail, **changes)
    assert client.post("/join/check/").status_code == 302
    return code_on(client.get("/join/code/"))


def code_on(response: Any) -> str:
    """The return code that stands on a page."""
    found = CODE.search(response.content.decode())
    assert found is not None
    return found.group()
