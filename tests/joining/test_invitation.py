"""An invitation gives nothing away, is answered once, and leads into the group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from peersupport.accounts.models import Mail, User
from peersupport.groups import membership
from peersupport.groups.models import Membership, Programme
from peersupport.joining import placing, return_codes
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Application, Identifier, Placement
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
State = Application.State
YES = {"password": "kettle garden morning", "agreed": "on"}


@pytest.fixture
def hanna(cast: Cast) -> Application:
    """Offered a place in Birch; has a safe address."""
    application = applicants.waiting(cast.now, by=cast.salla, called="Hanna", address="hanna@safe.example")
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    return application


@pytest.fixture
def phone() -> Client:
    """Another device."""
    return SecureClient()


def link() -> str:
    """The path of the link in the invitation's mail."""
    body = Mail.objects.get(template="invitation").body
    return "/join/invitation/" + body.split("/join/invitation/")[1].split()[0]


def accept(client: Client, **changes: Any) -> Any:
    form = client.get("/join/invitation/").context["form"]
    first = {"pseudonym": form.initial["pseudonym"], "sign_in": form.initial.get("sign_in", "")}
    return client.post("/join/invitation/", {**first, **YES, **changes})


def names_on(client: Client) -> list[str]:
    """The names she can choose from."""
    field = client.get("/join/invitation/").context["form"].fields["pseudonym"]
    return [value for value, _name in field.choices]


@pytest.mark.check(49)
def test_the_page_behind_the_link_has_a_neutral_address_and_title(client: Client, hanna: Application) -> None:
    response = client.get(link())
    assert response["Location"] == "/join/invitation/"
    page = client.get("/join/invitation/").content.decode()

    title = page.split("<title>")[1].split("</title>")[0]
    assert title.startswith("Your place")
    assert link() not in page
    assert "Hanna" not in page


def test_looking_at_the_link_changes_nothing_and_it_works_again(
    client: Client, phone: Client, hanna: Application
) -> None:
    for browser in (client, phone, client):
        assert browser.get(link())["Location"] == "/join/invitation/"
    hanna.refresh_from_db()
    assert hanna.state == State.OFFERED


def test_an_unknown_a_used_and_a_lapsed_link_get_one_answer(
    client: Client, phone: Client, hanna: Application
) -> None:
    used = link()
    client.get(used)
    assert accept(client).status_code == 302
    answers = [phone.get(used), phone.get("/join/invitation/unknown-token/")]
    Placement.objects.update(state="expired")
    answers.append(phone.get(used))

    assert {answer.status_code for answer in answers} == {404}
    # The page knows its own address, to stay there when another language is chosen.
    pages = {answer.content.replace(answer.wsgi_request.path.encode(), b"") for answer in answers}
    assert len(pages) == 1
    assert "Your return code" not in answers[0].content.decode()
    assert "return code shows where things stand" in answers[0].content.decode()


def test_she_takes_the_place_and_stands_in_her_group(client: Client, cast: Cast, hanna: Application) -> None:
    client.get(link())
    response = accept(client)
    assert response["Location"] == "/join/welcome/"
    welcome = client.get("/join/welcome/").content.decode()
    member = Membership.objects.get(user__email="hanna@safe.example")

    assert f"In the group you are {member.pseudonym}." in welcome
    assert client.get("/my/")["Location"] == f"/my/{cast.birch.slug}/"
    assert client.get("/join/application/")["Location"] == "/join/return/"


def test_the_welcome_says_when_the_group_meets_next_on_her_own_clock(
    client: Client, cast: Cast, hanna: Application
) -> None:
    cast.birch.meetings.all().delete()
    starts = datetime(2099, 1, 13, 16, 30, tzinfo=UTC)
    cast.birch.meetings.create(number=1, topic="", starts_at=starts, ends_at=starts + timedelta(minutes=90))
    client.get(link())
    accept(client)
    User.objects.filter(email="hanna@safe.example").update(time_zone="Europe/London")
    page = client.get("/join/welcome/").content.decode()

    assert "Tuesday 13 January" in page
    assert "16:30 – 18:00" in page
    assert "Your time (London)." in page
    cast.birch.meetings.update(state="cancelled")
    assert "Next meeting" not in client.get("/join/welcome/").content.decode()


def test_with_a_sign_in_name_she_is_shown_it_to_note_down(client: Client, hanna: Application) -> None:
    client.get(link())
    accept(client, sign_in="name")
    user = Membership.objects.latest("since").user

    assert user.email is None
    assert user.sign_in_name
    assert user.sign_in_name in client.get("/join/welcome/").content.decode()


def test_without_a_safe_address_only_a_sign_in_name_is_offered(client: Client, cast: Cast) -> None:
    application = applicants.waiting(cast.now, by=cast.salla)
    code = application.code
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    client.post("/join/return/", {"code": code})
    assert "There is a place for you" in client.get("/join/application/").content.decode()

    page = client.get("/join/invitation/").content.decode()
    assert 'value="email"' not in page
    assert accept(client, sign_in="email").status_code == 200
    assert accept(client, sign_in="name").status_code == 302


def test_she_chooses_one_of_three_names_that_nobody_has(
    client: Client, cast: Cast, hanna: Application
) -> None:
    client.get(link())
    names, again = names_on(client), names_on(client)

    assert len(set(names)) == 3
    assert names == again
    assert not set(names) & set(cast.birch.memberships.values_list("pseudonym", flat=True))
    assert accept(client, pseudonym="Linden").status_code == 200
    assert accept(client, pseudonym=names[2]).status_code == 302
    assert Membership.objects.latest("since").pseudonym == names[2]


def test_a_name_that_somebody_took_meanwhile_is_replaced_and_she_chooses_again(
    client: Client, cast: Cast, hanna: Application
) -> None:
    client.get(link())
    wanted = client.get("/join/invitation/").context["form"].initial["pseudonym"]
    other = User.objects.create_user(sign_in_name="calm-stone-111")
    membership.admit(user=other, group=cast.birch, by=cast.salla, pseudonym=wanted, now=cast.now)

    response = client.post("/join/invitation/", {"pseudonym": wanted, "sign_in": "name", **YES})
    assert response.status_code == 200
    assert "This name is gone" in response.content.decode()
    assert accept(client).status_code == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short"}, "too short"),
        ({"password": ""}, "Choose a password"),
        ({"password": "password123"}, "too common"),
        ({"password": "p" * 10_000}, "at most 512"),
        ({"password": "nul\0nul\0nul\0"}, "Null characters"),
        ({"agreed": ""}, "tick here"),
        ({"pseudonym": "<b>"}, "This name is gone"),
        ({"sign_in": "magic"}, "Choose one of these"),
    ],
)
def test_a_wrong_answer_gets_a_message_beside_it_and_the_place_stays(
    client: Client, hanna: Application, changes: dict[str, str], words: str
) -> None:
    client.get(link())
    response = accept(client, **changes)

    assert response.status_code == 200
    assert words in response.content.decode()
    hanna.refresh_from_db()
    assert hanna.state == State.OFFERED


@pytest.mark.check(42)
def test_a_long_password_is_taken_as_it_is(client: Client, hanna: Application) -> None:
    client.get(link())
    password = " kettle, garden and the morning after " * 3
    accept(client, password=password)

    assert User.objects.get(email="hanna@safe.example").check_password(password)


def test_an_address_that_signs_in_already_leads_to_signing_in(
    client: Client, cast: Cast, hanna: Application
) -> None:
    User.objects.create_user(email="hanna@safe.example", password="kettle garden morning")
    client.get(link())
    response = accept(client)

    assert response.status_code == 200
    assert "This address signs in already" in response.content.decode()


def test_who_is_signed_in_takes_the_place_with_her_own_account(
    client: Client, cast: Cast, hanna: Application
) -> None:
    client.force_login(cast.aino)
    client.get(link())
    page = client.get("/join/invitation/")
    assert "password" not in page.context["form"].fields
    users = User.objects.count()
    assert accept(client).status_code == 302

    assert User.objects.count() == users
    assert set(Membership.objects.filter(user=cast.aino).values_list("group__name", flat=True)) == {
        "Alder",
        "Birch",
    }


@pytest.mark.parametrize("why", ["full", "match"])
def test_a_place_that_cannot_be_given_is_one_calm_sentence_whatever_the_reason(
    client: Client, cast: Cast, hanna: Application, why: str
) -> None:
    desk = staff_browser(cast.salla)
    client.get(link())
    if why == "full":
        most = cast.birch.memberships.filter(role="parent").count()
        sizes = {"maximum": most, "planned": most, "minimum": 1, "goes_on_from": 1}
        Programme.objects.filter(pk=cast.birch.programme_id).update(**sizes)
    else:
        lines = [cast.toivo.email or ""]
        naming.name(application=hanna, kind=Identifier.Kind.ACCUSED, lines=lines, by=cast.salla)
    assert "was not given" not in desk.get("/desk/").content.decode()
    assert accept(client)["Location"] == "/join/application/"
    page = client.get("/join/application/").content.decode()

    assert "You are waiting for a place" in page
    # The very same for both.
    assert "This place could not be given after all." in page
    assert "You keep your turn, and a coordinator will be in touch with you." in page
    assert "match" not in page
    assert client.get("/join/invitation/")["Location"] == "/join/application/"
    [entry] = [one for one in desk.get("/desk/").context["to_do"] if "was not given" in one.words]
    assert entry.now
    assert desk.get(entry.link).status_code == 200
    # Once a coordinator has written, nothing is left to do.
    desk.post(entry.link, {"words": "Let us talk tomorrow."})
    assert "was not given" not in desk.get("/desk/").content.decode()


def test_saying_no_is_received_kindly(client: Client, hanna: Application) -> None:
    client.get(link())
    client.post("/join/invitation/decline/")
    page = client.get("/join/application/").content.decode()

    assert "You are waiting for a place" in page
    hanna.refresh_from_db()
    assert hanna.state == State.WAITING


def test_when_the_offer_lapsed_the_page_says_so_and_she_is_still_on_the_list(
    client: Client, cast: Cast, hanna: Application
) -> None:
    path = link()
    client.get(path)
    Placement.objects.update(answer_by=cast.now)

    assert client.get("/join/invitation/")["Location"] == "/join/application/"
    assert "You are still on the list" in client.get("/join/application/").content.decode()


def test_the_session_gets_a_new_key_when_she_signs_in(client: Client, hanna: Application) -> None:
    client.get(link())
    before = client.session.session_key
    accept(client)

    assert client.session.session_key != before


@pytest.mark.check(52)
def test_with_a_place_she_can_still_have_erased_what_she_told_on_the_way(
    client: Client, cast: Cast, hanna: Application, phone: Client
) -> None:
    code = return_codes.new_code()
    Application.objects.filter(pk=hanna.pk).update(code_hash=return_codes.code_hash(code))
    client.get(link())
    accept(client)
    phone.post("/join/return/", {"code": code})
    assert "Erase what you told us" in phone.get("/join/application/").content.decode()
    assert phone.post("/join/application/withdraw/", {"how": "pause"}).status_code == 200
    response = phone.post("/join/application/withdraw/", {"how": "erase"}, follow=True)

    assert "Everything is erased" in response.content.decode()
    assert not Application.objects.exists()
    assert client.get("/my/")["Location"] == f"/my/{cast.birch.slug}/"


@pytest.mark.check(35)
def test_by_the_return_code_alone_nobody_signs_in_with_an_address_or_learns_whether_it_is_taken(
    phone: Client, hanna: Application
) -> None:
    User.objects.create_user(email="hanna@safe.example", password="kettle garden morning")
    code = return_codes.new_code()
    Application.objects.filter(pk=hanna.pk).update(code_hash=return_codes.code_hash(code))
    phone.post("/join/return/", {"code": code})
    page = phone.get("/join/invitation/").content.decode()
    assert 'value="email"' not in page
    assert "open the link in our mail" in page
    refused = accept(phone, sign_in="email")
    assert refused.status_code == 200
    assert "signs in already" not in refused.content.decode()


def test_who_sits_at_somebody_elses_browser_is_told_whose_account_it_is(
    client: Client, cast: Cast, hanna: Application
) -> None:
    client.force_login(cast.aino)
    client.get(link())
    page = client.get("/join/invitation/").content.decode()
    assert f"signed in as {cast.aino.login}" in page
