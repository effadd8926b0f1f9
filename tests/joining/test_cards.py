"""A professional hands over a card, the parent decides; no case travels, and nothing comes back unasked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from peersupport.accounts.models import Mail, SafeContact
from peersupport.joining import referring
from peersupport.joining.models import Application, Referral
from peersupport.joining.views import card as pages
from peersupport.vault.models import DataKey
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants, walking
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
WHO = {"organisation": "Harbour Clinic", "address": "nurse@clinic.example"}


def made(client: Client | None = None) -> str:
    """A card's code, as the professional's page shows it."""
    return walking.code_on((client or SecureClient()).post("/join/card/", WHO))


def use(client: Client, code: str, **more: Any) -> Any:
    return client.post("/join/with-card/", {"code": code.lower(), **more})


def desk_page(cast: Cast, application: Application) -> str:
    return str(staff_browser(cast.salla).get(f"/desk/applications/{application.pk}/").content.decode())


def test_a_card_takes_nothing_about_whom_it_is_for(client: Client) -> None:
    page = client.get("/join/card/")
    assert set(page.context["form"].fields) == {"organisation", "address"}
    code = made(client)
    assert code not in client.get("/join/card/").content.decode(), "it is shown once"
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text, c::text FROM joining_referral r, accounts_safecontact c")
        stored = str(cursor.fetchall())
    assert stored != "[]"
    for canary in (code, *WHO.values()):
        assert canary not in stored


def test_only_once_she_used_it_her_application_says_how_she_came(cast: Cast, client: Client) -> None:
    code = made()
    other = applicants.sent(cast.now)
    assert use(client, code)["Location"] == "/join/"
    assert Referral.objects.get().application is None, "nothing is hers before she begins"
    walking.apply(client)
    application = Application.objects.exclude(pk=other.pk).get()
    assert "by referral: Harbour Clinic" in desk_page(cast, application)
    assert "by referral" not in desk_page(cast, other)
    assert Referral.objects.get().application == application


def test_a_draft_that_was_begun_can_still_use_a_card(client: Client) -> None:
    walking.answer(client, "agreement")
    assert use(client, made())["Location"] == "/join/application/"
    assert Referral.objects.get().application == Application.objects.get()
    assert "not known" in use(client, made()).content.decode(), "one application came by one card"


def test_nothing_goes_back_unless_she_ticks_it_and_the_address_is_forgotten(client: Client) -> None:
    use(client, made())
    assert SafeContact.objects.exists()
    walking.apply(client)
    assert not SafeContact.objects.filter(email_is_safe=True).exists()
    assert not Mail.objects.exists()


@pytest.mark.check(48)
def test_if_she_ticks_it_one_neutral_mail_goes_when_she_has_sent_hers(cast: Cast, client: Client) -> None:
    use(client, made(), may_tell="on")
    walking.answer_all(client)
    assert not Mail.objects.exists()
    client.post("/join/check/")
    referring.tell(application=Application.objects.get(), now=cast.now)
    mail = Mail.objects.get()
    assert mail.address == WHO["address"]
    assert mail.title == "Your card"
    assert "Greta" not in mail.body
    assert str(Application.objects.get().pk) not in mail.body


def test_a_card_works_once_and_for_thirty_days(cast: Cast, client: Client) -> None:
    referral, code = referring.make(organisation="Harbour", address=WHO["address"], now=cast.now)
    one, two = applicants.draft(cast.now), applicants.draft(cast.now)
    assert referring.found(code, cast.later(days=29)) == referral
    assert referring.found(code, cast.later(days=30)) is None
    with pytest.raises(referring.CardGone):
        referring.confirm(referral=referral, application=one, may_tell=True, now=cast.later(days=30))
    referring.confirm(referral=referral, application=one, may_tell=True, now=cast.now)
    with pytest.raises(referring.CardGone):
        referring.confirm(referral=referral, application=two, may_tell=True, now=cast.now)


@pytest.mark.parametrize("wrong", ["ABCD-EFGH-JKMN-PQRS", "x", "7" * 5000, "‮ABCD"])
def test_a_wrong_code_a_used_one_and_a_return_code_get_the_same_words(
    cast: Cast, client: Client, wrong: str
) -> None:
    used = made()
    use(SecureClient(), used)
    walking.answer(client, "agreement")
    use(client, used)
    hers = Application.objects.get().code
    pages_seen = [use(SecureClient(), code) for code in (wrong, used, hers)]
    assert {page.status_code for page in pages_seen} == {200}
    assert all("not known, was used already" in page.content.decode() for page in pages_seen)


def test_whoever_makes_very_many_is_asked_to_wait(client: Client) -> None:
    for _card in range(pages.CARDS_MADE):
        assert client.post("/join/card/", WHO).status_code == 200
    assert client.post("/join/card/", WHO).status_code == 429
    assert Referral.objects.count() == pages.CARDS_MADE


@pytest.mark.parametrize(
    "given", [{"organisation": ""}, {"organisation": "n" * 81}, {"address": "a@b\r\nBcc: c@d.example"}]
)
@pytest.mark.check(28)
def test_rubbish_makes_no_card(client: Client, given: dict[str, str]) -> None:
    page = client.post("/join/card/", {**WHO, **given})
    assert 'role="alert"' in page.content.decode()
    assert not Referral.objects.exists()


@pytest.mark.check(52)
def test_an_unused_card_is_erased_with_its_key_and_a_used_one_with_the_application(
    cast: Cast, client: Client
) -> None:
    unused, _code = referring.make(organisation="Harbour", address=WHO["address"], now=cast.now)
    referring.forget_old(cast.later(days=29))
    assert Referral.objects.exists()
    referring.forget_old(cast.later(days=30))
    assert not Referral.objects.exists()
    assert DataKey.objects.get(subject=unused.pk).wrapped is None

    use(client, made(), may_tell="on")
    walking.apply(client)
    used = Referral.objects.get()
    client.post("/join/application/withdraw/", {"how": "erase"})
    assert not Referral.objects.exists()
    assert not SafeContact.objects.exists()
    assert DataKey.objects.get(subject=used.pk).wrapped is None


def test_a_card_used_after_sending_tells_at_once_if_she_ticks_it(client: Client) -> None:
    walking.apply(client)
    use(client, made(), may_tell="on")
    assert Mail.objects.get().template == "card-used"
