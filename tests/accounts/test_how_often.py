"""Nobody can fill a mailbox through us: not a stranger who asks for new passwords, not somebody signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from peersupport.accounts import addressing, resetting
from peersupport.accounts.contact import Wishes, keep
from peersupport.accounts.models import Mail, ResetRequest, SafeContact, User
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.accounts.doors import confirm, sign_in
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.check(36)]


def _asks(user: User, *, now: datetime) -> None:
    resetting.ask(address=str(user.email), now=now)
    do_due(duties["reset"], now=now)


def test_a_stranger_who_asks_for_new_passwords_sends_one_mail_in_a_quarter_of_an_hour(cast: Cast) -> None:
    aino = cast.aino
    for minute in range(14):
        _asks(aino, now=cast.later(minutes=minute))
    assert Mail.objects.filter(template="password-reset").count() == 1
    _asks(aino, now=cast.later(minutes=20))
    assert Mail.objects.filter(template="password-reset").count() == 2
    assert not ResetRequest.objects.filter(state="due").exists()


def test_somebody_signed_in_sends_a_few_links_an_hour_to_whatever_address(cast: Cast) -> None:
    for number in range(addressing.ASKED_MOST + 3):
        keep(
            contact=SafeContact.objects.get(user=cast.aino),
            wishes=Wishes(email_is_safe=True, address=f"somebody-{number}@demo.example"),
            time_zone="Europe/Helsinki",
            by=cast.aino,
        )
        if number < addressing.ASKED_MOST:
            assert addressing.ask(user=cast.aino, now=cast.now)
        else:
            with pytest.raises(addressing.AskedTooOften):
                addressing.ask(user=cast.aino, now=cast.now)
    assert Mail.objects.filter(template="confirm-address").count() == addressing.ASKED_MOST
    assert addressing.ask(user=cast.aino, now=cast.now + timedelta(hours=1, seconds=1))


def test_her_page_says_that_she_has_to_wait(cast: Cast) -> None:
    client = sign_in(cast.aino)
    confirm(client)
    said = [
        client.post("/my/account/address/", {}, follow=True).content.decode()
        for _time in range(addressing.ASKED_MOST + 1)
    ]
    assert "A link is on its way" in said[0]
    assert "Please wait an hour" in said[-1]
