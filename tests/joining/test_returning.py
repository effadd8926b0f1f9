"""Back without the code: a link by mail, or the code word and a code on paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import Mail
from peersupport.audit.models import Entry
from peersupport.joining import applying, erasing, placing, returning
from peersupport.joining.models import Application, LinkRequest, WayBack
from peersupport.joining.views import returning as pages
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.accounts.test_signing_in import body, middle_times
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants, walking
from tests.joining.test_invitation import accept
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
ADDRESS = "greta@safe.example"
WORD = "blue kettle"


@pytest.fixture
def phone() -> Client:
    """Another device."""
    return SecureClient()


def ask(client: Client, address: str = ADDRESS) -> None:
    """She asks for a link, and the work loop looks at it."""
    assert client.post("/join/return/mail/", {"address": address}).status_code == 200
    do_due(duties["return link"], now=timezone.now())


def link() -> str:
    """The path of the link in the newest mail."""
    found = re.search(r"/join/return/mail/[\w-]+/", Mail.objects.latest("due_at").body)
    assert found is not None
    return found.group()


def test_a_draft_goes_on_by_a_link_on_another_device_once(client: Client, phone: Client) -> None:
    walking.answer_all(client, by_mail=True)
    ask(phone)
    path = link()
    assert "Welcome back" in phone.get(path).content.decode()
    assert phone.get("/join/check/")["Location"] == "/join/return/", "opening it changes nothing"
    assert phone.post(path)["Location"] == "/join/application/"
    assert phone.get("/join/check/").status_code == 200

    other = SecureClient()
    assert other.get(path).status_code == other.post(path).status_code == 404
    assert other.get("/join/check/")["Location"] == "/join/return/"
    assert Entry.objects.filter(what="way_back.used").count() == 1


def test_a_link_ends_two_hours_after_its_mail_may_go_out(client: Client) -> None:
    walking.apply(client, by_mail=True)
    ask(client)
    token = link().split("/")[-2]
    due = Mail.objects.get(template="return-link").due_at
    assert returning.by_link(token, now=due + timedelta(hours=2)) is None
    assert returning.by_link(token, now=due + timedelta(hours=1, minutes=59)) is not None


def test_a_link_waits_for_her_hours_and_is_as_long_good_then(client: Client, cast: Cast) -> None:
    hour = (cast.now.hour + 12) % 24
    application = applicants.sent(cast.now, address=ADDRESS)
    contact = application.contact
    assert contact is not None
    contact.from_hour, contact.until_hour, contact.time_zone = hour, (hour + 1) % 24 or 24, "UTC"
    contact.save()
    returning.answer(returning.ask(address=ADDRESS, now=cast.now), cast.now)
    mail, way = Mail.objects.get(), WayBack.objects.get()
    assert mail.due_at.hour == hour
    assert way.until == mail.due_at + timedelta(hours=2)


@pytest.mark.parametrize("wrong", ["nobody@safe.example", "GRETA@other.example"])
def test_an_unknown_address_gets_the_same_page_and_no_mail(client: Client, phone: Client, wrong: str) -> None:
    walking.apply(client, by_mail=True)
    known = phone.post("/join/return/mail/", {"address": ADDRESS})
    unknown = phone.post("/join/return/mail/", {"address": wrong})
    assert known.status_code == unknown.status_code == 200
    assert body(known) == body(unknown)
    do_due(duties["return link"], now=timezone.now())
    assert [mail.address for mail in Mail.objects.filter(template="return-link")] == [ADDRESS]
    assert {one.address for one in LinkRequest.objects.all()} == {""}


@pytest.mark.check(35)
def test_asking_for_a_link_takes_as_long_for_unknown_as_for_known(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LINKS_ASKED", 10_000)
    walking.apply(client, by_mail=True)
    browser = SecureClient()
    kinds = (ADDRESS, "none@safe.example")
    times = middle_times(lambda one: browser.post("/join/return/mail/", {"address": one}), kinds)
    assert times[kinds[0]] == pytest.approx(times[kinds[1]], rel=0.15), times


def test_whoever_asks_again_and_again_fills_no_mailbox(client: Client) -> None:
    walking.apply(client, by_mail=True)
    for _again in range(3):
        ask(client)
    assert Mail.objects.filter(template="return-link").count() == 1
    for _again in range(pages.LINKS_ASKED):
        last = client.post("/join/return/mail/", {"address": ADDRESS})
    assert last.status_code == 429
    assert client.post("/join/return/mail/", {"address": "a@b\r\nBcc: c@d"}).status_code == 200


@pytest.mark.check(48)
def test_an_address_that_is_not_safe_any_more_gets_no_link(client: Client) -> None:
    walking.answer_all(client, by_mail=True)
    walking.answer(client, "contact", reach="code")
    assert bytes(Application.objects.get().address_hash) == b""
    ask(client)
    assert not Mail.objects.exists()


def test_the_address_she_is_found_by_is_no_address(client: Client) -> None:
    walking.answer_all(client, by_mail=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text, l::text FROM joining_application a, joining_linkrequest l")
        assert ADDRESS not in str(cursor.fetchall())
    returning.ask(address=ADDRESS, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text, l::text FROM joining_application a, joining_linkrequest l")
        stored = str(cursor.fetchall())
    assert stored != "[]"
    assert ADDRESS not in stored


# The code word.


@pytest.fixture
def greta(cast: Cast) -> Application:
    """She waits, has no address, and agreed on a word."""
    return applicants.waiting(cast.now, by=cast.salla)


def say(cast: Cast, application: Application, said: str) -> str:
    """What the coordinator's page says when she types what she heard."""
    path = f"/desk/applications/{application.pk}/code/"
    return str(staff_browser(cast.salla).post(path, {"said": said}).content.decode())


def test_the_word_gives_a_code_that_works_once_and_then_a_new_return_code(
    cast: Cast, greta: Application, phone: Client
) -> None:
    lost = greta.code
    once = walking.CODE.search(say(cast, greta, "  Blue   KETTLE "))
    assert once is not None
    assert SecureClient().post("/join/return/", {"code": lost}).status_code == 302, "nothing is lost before"

    assert phone.post("/join/return/", {"code": once.group().lower()})["Location"] == "/join/code/"
    fresh = walking.code_on(phone.get("/join/code/"))
    assert fresh not in {once.group(), lost}
    for old in (once.group(), lost):
        assert SecureClient().post("/join/return/", {"code": old}).status_code == 200
    assert SecureClient().post("/join/return/", {"code": fresh}).status_code == 302
    assert Entry.objects.get(what="code_word.right").actor == cast.salla.pk


def test_no_page_shows_the_word_to_a_coordinator(cast: Cast, greta: Application) -> None:
    assert returning.code_word(greta) == WORD
    browser = staff_browser(cast.salla)
    for rest in ("", "code/", "interview/"):
        page = browser.get(f"/desk/applications/{greta.pk}/{rest}").content.decode()
        assert WORD not in page
    assert WORD not in say(cast, greta, "red pan")


def test_three_wrong_words_close_the_way_for_a_day_also_for_the_right_one(
    cast: Cast, greta: Application
) -> None:
    for said in ("red pan", "blue", "kettle"):
        assert returning.one_time_code(application=greta, said=said, by=cast.salla, now=cast.now) is None
    with pytest.raises(returning.Locked):
        returning.one_time_code(application=greta, said=WORD, by=cast.salla, now=cast.later(hours=23))
    assert "closed for a day" in say(cast, greta, WORD)
    assert returning.one_time_code(application=greta, said=WORD, by=cast.salla, now=cast.later(days=1))
    assert Entry.objects.filter(what="code_word.wrong").count() == 3


def test_where_no_word_was_agreed_nothing_opens(cast: Cast) -> None:
    sent = applicants.sent(cast.now)
    assert "No code word was agreed" in say(cast, sent, WORD)
    for empty in ("", " ", "\0", "x" * 5000):
        assert walking.CODE.search(say(cast, sent, empty)) is None
    assert not WayBack.objects.exists()


def test_a_newer_code_ends_the_one_before_and_each_ends_by_itself(cast: Cast, greta: Application) -> None:
    first, second = (
        returning.one_time_code(application=greta, said=WORD, by=cast.salla, now=cast.now) for _one in "12"
    )
    assert first
    assert second
    assert returning.by_paper(first, now=cast.now) is None
    assert returning.by_paper(second, now=cast.later(days=7)) is None
    assert returning.by_paper(second, now=cast.later(days=6)) == greta


def test_who_has_a_place_sets_a_new_password_with_it_and_staff_never_do(cast: Cast, phone: Client) -> None:
    for user, leads_to in ((cast.aino, "/account/"), (cast.maija, "/join/code/")):
        application = applicants.waiting(cast.now, by=cast.salla)
        Application.objects.filter(pk=application.pk).update(state="placed", user=user)
        code = returning.one_time_code(application=application, said=WORD, by=cast.salla, now=cast.now)
        answer = phone.post("/join/return/", {"code": code})
        assert answer["Location"].startswith(leads_to)


def test_the_whole_way_without_any_mail(cast: Cast, client: Client, phone: Client) -> None:
    """Apply, talk, place, sign in by name; then everything is forgotten but the word."""
    walking.apply(client)
    application = applicants.talked(Application.objects.get(), by=cast.salla, now=cast.now)
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    assert accept(client)["Location"] == "/join/welcome/"
    application.refresh_from_db()
    assert application.user is not None
    assert application.user.email is None
    assert not [mail.address for mail in Mail.objects.all() if mail.address]
    assert application.user.login in client.get("/join/welcome/").content.decode()

    code = walking.CODE.search(say(cast, application, WORD))
    assert code is not None
    page = phone.post("/join/return/", {"code": code.group()}, follow=True)
    assert page.status_code == 200
    assert 'type="password"' in page.content.decode()


def test_withdrawn_and_unsent_applications_have_no_such_page(cast: Cast, greta: Application) -> None:
    applying.withdraw(application=greta, now=cast.now)
    unsent = applicants.draft(cast.now)
    browser = staff_browser(cast.salla)
    for one in (greta, unsent):
        assert browser.post(f"/desk/applications/{one.pk}/code/", {"said": WORD}).status_code == 404


def test_what_is_over_is_deleted(cast: Cast, greta: Application) -> None:
    returning.one_time_code(application=greta, said=WORD, by=cast.salla, now=cast.now)
    returning.ask(address=ADDRESS, now=cast.now)
    returning.forget_old(cast.later(days=6))
    assert WayBack.objects.count() == LinkRequest.objects.count() == 1
    do_due(duties["return link"], now=cast.now)
    returning.forget_old(cast.later(days=8))
    assert not WayBack.objects.exists()
    assert not LinkRequest.objects.exists()


def test_a_new_code_is_not_emptied_before_she_can_note_it(cast: Cast, greta: Application) -> None:
    code = returning.one_time_code(application=greta, said=WORD, by=cast.salla, now=cast.later(days=5))
    assert code is not None
    returning.by_paper(code, now=cast.later(days=5))
    erasing.forget_codes(cast.later(days=5, hours=1))
    assert Application.objects.get().code
    erasing.forget_codes(cast.later(days=6, hours=1))
    assert Application.objects.get().code == ""
