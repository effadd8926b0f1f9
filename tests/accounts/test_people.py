"""Accounts: opened by invitation, given roles, closed, erased; names that say nothing."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from peersupport.accounts import contact as contacts
from peersupport.accounts import ending, erasing, naming, opening, staffing
from peersupport.accounts.contact import Wishes
from peersupport.accounts.models import Mail, SafeContact, Session, StaffRole, User
from peersupport.accounts.opening import AddressTaken, open_account
from peersupport.audit.models import Entry
from peersupport.vault import keys
from peersupport.vault.fields import Sealed, SealedTextField
from tests.accounts.doors import confirm, sign_in, with_app
from tests.cast import Cast

GOOD = "lamp and four walls"


def safe(address: str) -> dict[str, str]:
    """The form that says: write to this address, at any hour."""
    return {"email_is_safe": "yes", "address": address, "from_hour": "any", "until_hour": "any"}


def acts(about: User) -> list[str]:
    return list(
        Entry.objects.filter(about=f"accounts.user:{about.pk}").order_by("id").values_list("what", flat=True)
    )


def test_somebody_without_an_address_gets_a_name_made_by_chance(db: None) -> None:
    user = open_account(password=GOOD, by=None, language="en", time_zone="Europe/Paris", country="fr")
    assert user.email is None
    assert user.sign_in_name is not None
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", user.sign_in_name)
    assert (user.time_zone, user.country) == ("Europe/Paris", "fr")
    assert user.check_password(GOOD)
    assert acts(user) == ["account.opened"]


def test_somebody_with_an_address_signs_in_with_it(db: None) -> None:
    user = open_account(email="Hanna@Demo.Example", password=GOOD, by=None)
    assert (user.email, user.sign_in_name) == ("hanna@demo.example", None)
    assert sign_in(user, password=GOOD)


def test_an_address_signs_in_one_person_only(cast: Cast) -> None:
    with pytest.raises(AddressTaken):
        open_account(email=str(cast.aino.email).upper(), password=GOOD, by=None)


def test_a_name_that_is_taken_is_not_given_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["calm-lamp-1000", "calm-lamp-1000", "calm-lamp-2000"])
    monkeypatch.setattr(opening, "sign_in_name", lambda: next(names))
    assert [open_account(password=GOOD, by=None).sign_in_name for _ in range(2)] == [
        "calm-lamp-1000",
        "calm-lamp-2000",
    ]


def test_names_say_nothing_of_families_and_are_too_many_to_be_listed() -> None:
    words = naming.words()
    telling = {
        "mother",
        "father",
        "parent",
        "child",
        "kid",
        "baby",
        "family",
        "cradle",
        "boy",
        "girl",
        "young",
    }
    assert telling.isdisjoint({*words["first"], *words["second"]})
    assert len(words["first"]) * len(words["second"]) * 9000 > 100_000_000
    assert len({naming.sign_in_name() for _ in range(200)}) > 195


@pytest.mark.check(42)
@pytest.mark.parametrize(
    "password",
    ["short", "123456789", "password123", "qwertyuiop", "1234567890", "iloveyou123", "Password123"],
)
def test_short_and_well_known_passwords_are_refused(db: None, password: str) -> None:
    with pytest.raises(ValidationError):
        open_account(password=password, by=None)
    assert not User.objects.exists()


@pytest.mark.check(42)
@pytest.mark.parametrize(
    "password", ["Family-Guide-2026", "peersupport!1", "quiet lantern 4820", "parentgroup99"]
)
def test_the_words_of_the_site_and_of_her_own_name_make_no_password(db: None, password: str) -> None:
    her = User(sign_in_name="quiet-lantern-4820")
    with pytest.raises(ValidationError, match="nothing to do with this site"):
        validate_password(password, her)
    validate_password(f"{password} and three owls", her)


@pytest.mark.check(42)
@pytest.mark.parametrize(
    "password", ["ten chars!", "x7" * 32, "ä" * 64, "four words and a space " * 20, "pass phrase ☂"]
)
def test_long_and_unusual_passwords_are_accepted_and_kept_whole(db: None, password: str) -> None:
    user = open_account(password=password, by=None)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
    assert sign_in(user, password=password)


def test_a_contact_is_sealed_under_her_own_key_once_it_is_hers(db: None) -> None:
    applicant = SafeContact(subject=uuid4())
    contacts.keep(
        contact=applicant,
        wishes=Wishes(email_is_safe=True, address="hanna@demo.example", from_hour=9, until_hour=12),
        time_zone="Europe/Helsinki",
        by=None,
    )
    former = applicant.subject
    user = open_account(password=GOOD, by=None, contact=applicant)
    keys.destroy(subject=former)
    keys.cache.clear()
    mine = contacts.of(user)
    assert mine is not None
    assert (mine.subject, mine.address, mine.from_hour) == (user.pk, "hanna@demo.example", 9)


def test_an_address_that_is_not_safe_is_not_kept(cast: Cast) -> None:
    contact = contacts.keep(
        contact=SafeContact(subject=cast.aino.pk),
        wishes=Wishes(email_is_safe=False, address="aino@demo.example", from_hour=9, until_hour=12),
        time_zone="Europe/Helsinki",
        by=cast.aino,
    )
    assert (contact.address, contact.from_hour) == ("", None)


@pytest.mark.parametrize(
    "act",
    [
        lambda user: staffing.give_role(to=user, role=StaffRole.Role.EDITOR, by=None),
        lambda user: ending.deactivate(user=user, by=None, reason="left"),
        lambda user: ending.sign_out_everywhere(user=user, by=user),
        lambda user: erasing.erase(user=user, by=None, now=timezone.now()),
    ],
    ids=["role", "deactivate", "sign out", "erase"],
)
def test_nothing_happens_unseen(cast: Cast, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    aino = cast.aino
    sign_in(aino)
    before = (
        User.objects.filter(pk=aino.pk).values().get(),
        Session.objects.count(),
        StaffRole.objects.count(),
    )

    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Entry.objects, "create", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        act(aino)
    after = (
        User.objects.filter(pk=aino.pk).values().get(),
        Session.objects.count(),
        StaffRole.objects.count(),
    )
    assert after == before


def test_a_role_is_given_and_taken_on_record(cast: Cast) -> None:
    staffing.give_role(to=cast.aino, role=StaffRole.Role.FACILITATOR, by=cast.salla)
    assert cast.aino.has_perm("groups.facilitate")
    staffing.give_role(to=cast.aino, role=StaffRole.Role.FACILITATOR, by=cast.salla)
    staffing.take_role(of=cast.aino, role=StaffRole.Role.FACILITATOR, by=cast.salla)
    staffing.take_role(of=cast.aino, role=StaffRole.Role.FACILITATOR, by=cast.salla)
    assert not cast.aino.has_perm("groups.facilitate")
    assert acts(cast.aino)[-2:] == ["staff.role_given", "staff.role_taken"]


@pytest.mark.check(52)
def test_an_erased_person_is_named_nowhere_and_what_was_sealed_stays_sealed(cast: Cast) -> None:
    aino = cast.aino
    sign_in(aino)
    with_app(aino)
    contact = contacts.of(aino)
    assert contact is not None
    sealed = SafeContact.objects.filter(pk=contact.pk).values_list("address", flat=True).get()
    erasing.erase(user=aino, by=None, now=timezone.now())
    row = User.objects.get(pk=aino.pk)
    assert (row.email, row.is_active, row.has_usable_password()) == (None, False, False)
    assert not Session.objects.filter(user=aino).exists()
    assert not SafeContact.objects.filter(user=aino).exists()
    assert not Mail.objects.filter(subject=aino.pk).exists()
    field = SafeContact._meta.get_field("address")
    assert isinstance(field, SealedTextField)
    assert isinstance(sealed, Sealed)
    with pytest.raises(keys.KeyDestroyed):
        field.open(SafeContact(pk=contact.pk, subject=aino.pk), sealed)


def test_the_command_for_staff_prints_a_link_that_sets_the_password(
    db: None, capsys: Any, client: Any
) -> None:
    call_command("add_staff", "new@demo.example", "facilitator")
    user = User.objects.get(email="new@demo.example")
    assert user.roles == {"facilitator"}
    link = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("https://"))
    page = client.get(link.removeprefix("https://localhost"), follow=True)
    done = client.post(page.redirect_chain[-1][0], {"password1": GOOD, "password2": GOOD}, follow=True)
    assert "Your new password holds" in done.content.decode()
    assert sign_in(user, password=GOOD).get("/my/account/")["Location"] == "/account/second-step/"


def test_the_command_for_staff_refuses_what_is_no_address(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("add_staff", "nonsense", "facilitator")
    assert not User.objects.exists()


def test_the_command_that_erases_does_so(cast: Cast) -> None:
    call_command("erase_account", str(cast.berit.sign_in_name), "--yes")
    assert not User.objects.get(pk=cast.berit.pk).is_active
    with pytest.raises(CommandError):
        call_command("erase_account", "nobody-here-1000", "--yes")


def test_a_parent_can_add_her_address_as_a_second_way_in(cast: Cast, client: Any) -> None:
    berit = cast.berit
    browser = sign_in(berit, client=client)
    browser.post("/my/account/mail/", safe("berit@demo.example"))
    confirm(browser)
    browser.post("/my/account/address/")
    link = next(line for line in Mail.objects.get().body.splitlines() if line.startswith("https://"))
    path = link.removeprefix("https://localhost")
    assert "berit@demo.example" in browser.get(path).content.decode()
    assert User.objects.get(pk=berit.pk).email is None
    browser.post(path)
    berit.refresh_from_db()
    assert berit.email == "berit@demo.example"
    assert sign_in(berit)


@pytest.mark.check(35)
def test_an_address_of_somebody_else_is_told_only_to_who_reads_its_mailbox(cast: Cast, client: Any) -> None:
    berit, browser = cast.berit, sign_in(cast.berit, client=client)
    pages = []
    for address in (str(cast.aino.email), "free@demo.example"):
        browser.post("/my/account/mail/", safe(address))
        confirm(browser)
        page = browser.post("/my/account/address/", follow=True)
        pages.append(re.sub(r'value="[\w-]{64}"', "", page.content.decode()).replace(address, "ADDRESS"))
    assert pages[0] == pages[1]
    assert Mail.objects.count() == 2
    mine = Mail.objects.get(contact__user=berit, address__isnull=False, pk=Mail.objects.earliest("due_at").pk)
    contacts.keep(
        contact=contacts.of(berit) or SafeContact(),
        wishes=Wishes(email_is_safe=True, address=str(cast.aino.email)),
        time_zone="Europe/Stockholm",
        by=berit,
    )
    link = next(line for line in mine.body.splitlines() if line.startswith("https://"))
    answer = browser.post(link.removeprefix("https://localhost"))
    assert answer.status_code == 409
    assert User.objects.get(pk=berit.pk).email is None


def test_a_link_for_somebody_else_confirms_nothing(cast: Cast, client: Any) -> None:
    browser = sign_in(cast.berit, client=client)
    browser.post("/my/account/mail/", safe("berit@demo.example"))
    confirm(browser)
    browser.post("/my/account/address/")
    link = next(line for line in Mail.objects.get().body.splitlines() if line.startswith("https://"))
    path = link.removeprefix("https://localhost")
    assert sign_in(cast.aino).post(path).status_code == 410
    assert browser.post(path.replace("/address/", "/address/x")).status_code == 410
    browser.post("/my/account/mail/", {"email_is_safe": "no"})
    assert browser.post(path).status_code == 410
