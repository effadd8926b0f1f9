"""One tap switches a kind of mail off; opening the link does nothing; her account switches it on again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from peersupport.accounts import erasing, mail, sending, switches
from peersupport.accounts.models import MailSwitch
from peersupport.audit.models import Entry
from tests.accounts.post_office import post_office
from tests.accounts.test_mail import CONTEXT, deliver, reachable
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.check(48)]

NOW = datetime(2027, 1, 14, 14, 0, tzinfo=UTC)
Kind = MailSwitch.Kind
# RFC 8058, section 3.1: what a mail program posts.
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def path_of(cast: Cast, kind: Kind) -> str:
    return urlsplit(switches.link(user_id=cast.aino.pk, kind=kind)).path


def mail_program() -> Client:
    """No cookies, no form of ours, https."""
    return Client(enforce_csrf_checks=True)


def tapped(path: str) -> Any:
    return mail_program().post(path, ONE_CLICK, content_type=FORM, secure=True)


def test_the_header_names_the_link_whole_and_a_tap_on_it_switches_off(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_ORIGIN = "https://a-rather-long-name-of-a-host.some-organisation.example"
    contact = reachable(cast.aino)
    mail.queue(contact=contact, template="day-before", context=CONTEXT, now=NOW)
    with post_office() as office:
        deliver(settings, office.port, now=NOW)
    [message] = office.mails
    assert message["List-Unsubscribe-Post"] == ONE_CLICK
    link = str(message["List-Unsubscribe"])
    assert link == f"<{switches.link(user_id=cast.aino.pk, kind=Kind.REMINDERS)}>"
    assert len(link) > 100
    answer = tapped(urlsplit(link.strip("<>")).path)
    assert answer.status_code == 200
    assert [one.kind for one in MailSwitch.objects.filter(user=cast.aino)] == ["reminders"]


def test_the_header_stands_on_the_wire_as_it_is(cast: Cast) -> None:
    row = mail.queue(contact=reachable(cast.aino), template="day-before", context=CONTEXT, now=NOW)
    assert row is not None
    wire = bytes(sending._message(row, NOW)).decode()
    link = switches.link(user_id=cast.aino.pk, kind=Kind.REMINDERS)
    assert f"List-Unsubscribe: <{link}>\r\n" in wire
    headers, _blank, bodies = wire.partition("\r\n\r\n")
    assert "=?" not in headers
    assert max(map(len, bodies.split("\r\n"))) <= 78


@pytest.mark.parametrize("name", ["password-reset", "confirm-address", "invitation", "placed"])
def test_what_she_asked_for_cannot_be_switched_off(cast: Cast, name: str) -> None:
    row = mail.queue(contact=reachable(cast.aino), template=name, context=CONTEXT, now=NOW)
    assert row is not None
    assert "List-Unsubscribe" not in sending._message(row, NOW)


def test_opening_the_link_changes_nothing_and_shows_one_button(cast: Cast) -> None:
    path = path_of(cast, Kind.REMINDERS)
    for _again in range(2):
        page = mail_program().get(path, secure=True)
        assert page.status_code == 200
        assert page["Cache-Control"] == "no-store"
        assert "Switch them off</button>" in page.content.decode()
    assert not MailSwitch.objects.exists()
    assert "Done. These mails are off" in tapped(path).content.decode()
    assert tapped(path).status_code == 200
    assert Entry.objects.filter(what="mails.switched_off").count() == 1


def test_who_is_about_to_switch_off_what_she_needs_is_told_so_first(cast: Cast) -> None:
    needed = mail_program().get(path_of(cast, Kind.CHANGES), secure=True).content.decode()
    other = mail_program().get(path_of(cast, Kind.REMINDERS), secure=True).content.decode()
    assert "You need these" in needed
    assert "all the same" in needed
    assert "You need these" not in other


def test_a_token_is_for_one_person_and_one_kind(cast: Cast) -> None:
    tapped(path_of(cast, Kind.REMINDERS))
    assert switches.on(cast.aino) == ["changes", "afterwards"]
    assert switches.on(cast.berit) == ["reminders", "changes", "afterwards"]


def test_a_token_that_was_changed_or_whose_person_is_gone_leads_nowhere(cast: Cast) -> None:
    path = path_of(cast, Kind.REMINDERS)
    assert mail_program().get(path, secure=True).status_code == 200
    forged = [
        path.replace("reminders", "changes"),
        path.replace(cast.aino.pk.hex, cast.berit.pk.hex),
        path[:-3] + "/",
        "/u/x/",
        "/u/" + "%00" * 9 + "/",
        "/u/..-/",
    ]
    assert [tapped(each).status_code for each in forged] == [404] * len(forged)
    erasing.erase(user=cast.aino, by=None, now=NOW)
    assert tapped(path).status_code == 404
    assert not MailSwitch.objects.exists()


def test_she_switches_them_on_again_on_her_own_page(cast: Cast, client: Client) -> None:
    tapped(path_of(cast, Kind.REMINDERS))
    reachable(cast.aino)
    client.force_login(cast.aino)
    assert "Choose which mails" in client.get("/my/account/").content.decode()
    page = client.get("/my/account/mails/")
    assert page.context["form"].initial["wanted"] == ["changes", "afterwards"]
    kept = client.post("/my/account/mails/", {"wanted": ["reminders"]}, follow=True).content.decode()
    assert "look here yourself" in kept
    assert switches.on(cast.aino) == ["reminders"]
    assert client.post("/my/account/mails/", {"wanted": ["everything"]}).status_code == 200
    assert switches.on(cast.aino) == ["reminders"]
    client.post("/my/account/mails/", {"wanted": list(Kind)})
    assert not MailSwitch.objects.exists()
    kinds = ("mails.switched_off", "mails.switched_on")
    assert [Entry.objects.filter(what=what).count() for what in kinds] == [3, 2]


def test_an_erased_person_leaves_no_switch(cast: Cast) -> None:
    switches.switch_off(user=cast.aino, kind=Kind.REMINDERS, by=cast.aino, now=NOW)
    erasing.erase(user=cast.aino, by=None, now=NOW)
    assert not MailSwitch.objects.exists()
