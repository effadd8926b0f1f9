"""Sessions: kept so that a dump signs nobody in, ended by idleness, password, role; asked by sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings as site
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.utils import timezone

from peersupport.accounts import ending, sessions, staffing
from peersupport.accounts.models import Session, StaffRole, User
from peersupport.accounts.session_store import SessionStore, opened, stored_key
from peersupport.demo.cast import PASSWORD
from tests.accounts.doors import confirm, sign_in, sign_in_with_app
from tests.cast import Cast
from tests.conftest import SecureClient

pytestmark = pytest.mark.django_db(transaction=True)


def cookie(browser: Client) -> str:
    return str(browser.cookies[site.SESSION_COOKIE_NAME].value)


def asked(browser: Client, *, now: Any = None) -> sessions.SignedIn | None:
    """What a socket is told about this browser's cookie."""
    return asyncio.run(_asked(cookie(browser), now or timezone.now()))


async def _asked(value: str, now: Any) -> sessions.SignedIn | None:
    async with _connection() as database:
        return await sessions.signed_in_person(database, value, now=now)


@asynccontextmanager
async def _connection() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    options = connection.get_connection_params()
    options.pop("cursor_factory", None)
    options.pop("context", None)
    async with await psycopg.AsyncConnection.connect(**options, autocommit=True) as database:
        yield database


def standing(*browsers: Client, now: Any = None) -> dict[str, int]:
    async def ask() -> dict[str, int]:
        async with _connection() as database:
            keys = [stored_key(cookie(browser)) for browser in browsers]
            return await sessions.still_valid(database, keys, now=now or timezone.now())

    return asyncio.run(ask())


def act_over_socket(browser: Client, *, now: Any) -> None:
    async def awake() -> None:
        async with _connection() as database:
            await sessions.keep_awake(database, stored_key(cookie(browser)), now=now)

    asyncio.run(awake())


def is_in(browser: Client) -> bool:
    return browser.get("/my/account/").status_code == 200


def test_a_socket_is_told_who_is_behind_a_cookie(cast: Cast) -> None:
    person = asked(sign_in(cast.aino))
    assert person is not None
    assert (person.user_id, person.roles, person.second_factor_ok) == (cast.aino.id, frozenset(), True)
    assert person.session == Session.objects.get().session_key


def test_it_takes_one_statement_to_know_who_is_behind_a_socket(cast: Cast) -> None:
    value, statements = cookie(sign_in_with_app(cast.maija)), []

    class Counting(psycopg.AsyncCursor[Any]):
        async def execute(self, *args: Any, **options: Any) -> Any:
            statements.append(args[0])
            return await super().execute(*args, **options)

    async def ask() -> None:
        async with _connection() as database:
            database.cursor_factory = Counting
            person = await sessions.signed_in_person(database, value, now=timezone.now())
            assert person is not None
            assert person.roles == {"facilitator"}
            assert person.second_factor_ok

    asyncio.run(ask())
    assert len(statements) == 1


@pytest.mark.parametrize("value", ["", "x", "a" * 32, "\ud800", "'; DROP TABLE accounts_user; --"])
def test_a_made_up_cookie_belongs_to_nobody(cast: Cast, value: str) -> None:
    sign_in(cast.aino)
    assert asyncio.run(_asked(value, timezone.now())) is None


def test_the_key_that_stands_in_the_database_is_no_cookie(cast: Cast) -> None:
    sign_in(cast.aino)
    stored = Session.objects.get(user=cast.aino).session_key
    assert asyncio.run(_asked(stored, timezone.now())) is None
    thief = SecureClient()
    thief.cookies[site.SESSION_COOKIE_NAME] = stored
    assert not is_in(thief)


@pytest.mark.check(54)
def test_what_a_session_holds_is_ciphertext_bound_to_its_own_row(cast: Cast) -> None:
    store = SessionStore()
    store["mfa.totp.secret"] = "JBSWY3DPEHPK3PXP"
    store.save()
    row = Session.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in row.session_data
    assert opened(row.session_data, key=row.session_key)["mfa.totp.secret"] == "JBSWY3DPEHPK3PXP"
    assert opened(row.session_data, key=stored_key("another")) == {}


def test_a_session_of_another_password_opens_no_socket(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    assert asked(browser)
    # Not through our verb, which would have ended the session: somebody set it by hand.
    user = User.objects.get(pk=cast.aino.pk)
    user.set_password("four other calm words")
    user.save()
    assert asked(browser) is None
    assert not is_in(browser)


@pytest.mark.check(33)
def test_a_new_password_ends_every_other_session_and_keeps_the_one_it_was_set_in(cast: Cast) -> None:
    here, there = sign_in(cast.aino), sign_in(cast.aino)
    before = standing(there)[stored_key(cookie(there))]
    answer = here.post(
        "/account/password/",
        {"oldpassword": PASSWORD, "password1": "four other calm words", "password2": "four other calm words"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(here)
    assert not is_in(there)
    assert standing(there) == {}
    assert standing(here)[stored_key(cookie(here))] > before


@pytest.mark.check(33)
def test_signing_out_ends_the_session_for_sockets_too(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    other = sign_in(cast.elias)
    value = cookie(browser)
    assert len(standing(browser, other)) == 2
    browser.post("/account/logout/")
    browser.cookies[site.SESSION_COOKIE_NAME] = value
    assert set(standing(browser, other)) == {stored_key(cookie(other))}


@pytest.mark.check(33)
def test_signing_out_everywhere_ends_every_session_of_hers_and_of_nobody_else(cast: Cast) -> None:
    phone, laptop, somebody = sign_in(cast.aino), sign_in(cast.aino), sign_in(cast.elias)
    laptop.post("/my/account/sign-out-everywhere/")
    assert not is_in(phone)
    assert not is_in(laptop)
    assert is_in(somebody)


@pytest.mark.check(33)
@pytest.mark.parametrize(
    "act",
    [
        lambda cast: staffing.take_role(of=cast.maija, role=StaffRole.Role.FACILITATOR, by=cast.salla),
        lambda cast: staffing.give_role(to=cast.maija, role=StaffRole.Role.EDITOR, by=cast.salla),
        lambda cast: ending.deactivate(user=cast.maija, by=cast.salla, reason="left"),
    ],
    ids=["taken", "given", "deactivated"],
)
def test_another_role_and_a_closed_account_end_all_sessions(cast: Cast, act: Callable[[Cast], Any]) -> None:
    browser = sign_in_with_app(cast.maija)
    version = User.objects.get(pk=cast.maija.pk).access_version
    assert asked(browser)
    act(cast)
    assert asked(browser) is None
    assert standing(browser) == {}
    assert User.objects.get(pk=cast.maija.pk).access_version > version


@pytest.mark.check(53)
def test_a_session_ends_when_nothing_was_done_for_the_idle_time(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    idle = timedelta(seconds=site.SESSION_COOKIE_AGE)
    later = timezone.now() + idle + timedelta(seconds=1)
    assert standing(browser)
    assert standing(browser, now=later) == {}
    assert asked(browser, now=later) is None
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(browser)


@pytest.mark.check(53)
def test_what_is_done_over_a_socket_keeps_a_session_awake_by_one_write_a_minute(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    key = stored_key(cookie(browser))

    def act(now: Any) -> Any:
        act_over_socket(browser, now=now)
        return Session.objects.get(pk=key).expire_date

    began = Session.objects.get(pk=key).expire_date
    now = timezone.now()
    assert act(now + timedelta(seconds=30)) == began
    later = act(now + timedelta(minutes=30))
    assert later == now + timedelta(minutes=30, seconds=site.SESSION_COOKIE_AGE)
    # Once it is over, nothing wakes it again.
    assert act(later + timedelta(seconds=1)) == later


@pytest.mark.check(53)
def test_a_staff_sign_in_ends_after_a_days_work_however_busy_and_a_parents_lasts_longer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = timezone.now()
    aino, maija = sign_in(cast.aino), sign_in_with_app(cast.maija)

    def at(hours: float) -> Any:
        now = began + timedelta(hours=hours)
        monkeypatch.setattr(timezone, "now", lambda: now)
        return now

    for half_hours in range(1, 24):
        at(half_hours / 2)
        assert is_in(aino)
        assert is_in(maija)
    # What is done over a socket does not carry her past the end either.
    now = at(11.9)
    act_over_socket(maija, now=now)
    act_over_socket(aino, now=now)
    now = at(12.01)
    assert standing(aino, maija, now=now).keys() == {stored_key(cookie(aino))}
    assert asked(maija, now=now) is None
    assert not is_in(maija)
    assert is_in(aino)


@pytest.mark.check(53)
def test_a_parents_sign_in_ends_after_some_days_and_a_new_password_makes_it_no_longer(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    ends_at = Session.objects.get().ends_at
    assert ends_at is not None
    assert timedelta(days=6, hours=23) < ends_at - timezone.now() <= timedelta(days=7)
    new = {
        "oldpassword": PASSWORD,
        "password1": "four other calm words",
        "password2": "four other calm words",
    }
    browser.post("/account/password/", new)
    assert Session.objects.get(user=cast.aino).ends_at == ends_at
    near = ends_at - timedelta(minutes=5)
    Session.objects.update(expire_date=near + timedelta(minutes=1))
    act_over_socket(browser, now=near)
    assert Session.objects.get().expire_date == ends_at


@pytest.mark.check(53)
def test_pages_extend_a_session_at_most_once_a_minute_and_what_a_page_fetches_by_itself_never(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    browser = sign_in(cast.aino)
    browser.get("/my/account/")
    began = Session.objects.get().expire_date
    browser.get("/my/account/")
    assert Session.objects.get().expire_date == began
    store = SessionStore(cookie(browser))
    store[sessions.LAST_SEEN] = int(timezone.now().timestamp()) - 90
    store.save()
    asleep = Session.objects.get().expire_date
    browser.get("/api/v1/anything/")
    assert Session.objects.get().expire_date == asleep
    browser.get("/my/account/")
    assert Session.objects.get().expire_date > asleep


def test_timed_out_sessions_are_deleted(cast: Cast) -> None:
    sign_in(cast.aino)
    sign_in(cast.elias)
    Session.objects.filter(user=cast.aino).update(expire_date=timezone.now() - timedelta(hours=1))
    sessions.forget_expired(timezone.now())
    assert list(Session.objects.values_list("user_id", flat=True)) == [cast.elias.id]


def test_a_session_that_was_ended_elsewhere_is_not_written_back(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    store = SessionStore(cookie(browser))
    assert store["_auth_user_id"]
    ending.sign_out_everywhere(user=cast.aino, by=cast.aino)
    store["more"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_a_page_asks_for_the_password_again_before_something_that_matters(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    answer = browser.get("/account/second-step/app/")
    assert answer["Location"].startswith("/account/confirm/")
    confirm(browser)
    assert browser.get("/account/second-step/app/").status_code == 200
