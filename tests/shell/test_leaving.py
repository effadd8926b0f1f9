"""Leave this page: the session is dead, the cookies are gone, even while the database is away."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client, override_settings

from peersupport.accounts.session_store import SessionStore

PRIVATE = "/sample/private/"


@pytest.mark.check(46)
@pytest.mark.django_db
@pytest.mark.urls("tests.shell.sample")
def test_leaving_ends_the_session_and_forgets_every_cookie(client: Client) -> None:
    client.get(PRIVATE)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert SessionStore(session).exists(session)
    with override_settings(LEAVE_URL="https://weather.example/"):
        response = client.get("/leave/")
    assert response.status_code == 303
    assert response["Location"] == "https://weather.example/"
    assert response["Cache-Control"] == "no-store"
    assert not SessionStore(session).exists(session)
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
    for name in names:
        assert response.cookies[name]["max-age"] == 0
        assert response.cookies[name]["secure"], "a __Host- cookie is only deleted by a secure one"


@pytest.mark.check(46)
def test_leaving_works_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def away(self: SessionStore, session_key: str | None = None) -> None:
        asked.append(str(self.session_key))
        raise OperationalError("the database is away")

    # Nothing else may ask: without the django_db mark any other query is an error.
    monkeypatch.setattr(SessionStore, "delete", away)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a-session-of-hers"
    response = client.get("/leave/")
    assert asked == ["a-session-of-hers"]
    assert response.status_code == 303
    assert response.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
