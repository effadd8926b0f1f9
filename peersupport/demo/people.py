"""Opens the cast's accounts."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from peersupport.accounts.models import SafeContact, StaffRole, User
from peersupport.demo.cast import PASSWORD, PEOPLE, Person
from peersupport.groups.models import Facilitator


def known_password() -> str:
    """The cast's password as the database keeps it: one hash for all, made once, kept while it fits.

    Keeping it leaves signed-in visitors signed in when the demonstration starts again.
    """
    signs_in = PEOPLE["salla"].email
    kept = User.objects.filter(email=signs_in).values_list("password", flat=True).first()
    return kept if kept is not None and check_password(PASSWORD, kept) else make_password(PASSWORD)


def open_account(person: Person, *, password: str) -> User:
    """The account of one of the cast, made if it is missing. `password` is already hashed."""
    user = account_of(person) or User.objects.create_user(
        email=person.email or None,
        sign_in_name=person.sign_in_name or None,
        country=person.country,
        time_zone=person.time_zone,
    )
    if user.password != password or not user.is_active:
        user.password, user.is_active = password, True
        user.save(update_fields=["password", "is_active"])
    if person.role:
        _give_role(person, user)
    else:
        _say_how_to_reach(person, user)
    return user


def account_of(person: Person) -> User | None:
    """The account of one of the cast, or None."""
    if person.email:
        return User.objects.filter(email=person.email).first()
    return User.objects.filter(sign_in_name=person.sign_in_name).first()


def _give_role(person: Person, user: User) -> None:
    StaffRole.objects.get_or_create(user=user, role=person.role)
    if person.display_name:
        Facilitator.objects.update_or_create(
            user=user,
            defaults={"display_name": person.display_name, "languages": list(person.languages)},
        )


def _say_how_to_reach(person: Person, user: User) -> None:
    if not SafeContact.objects.filter(user=user).exists():
        SafeContact.objects.create(
            subject=user.id,
            user=user,
            email_is_safe=bool(person.email),
            address=person.email,
            time_zone=person.time_zone,
        )
