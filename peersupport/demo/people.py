"""Opens the cast's accounts."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from peersupport.accounts import opening
from peersupport.accounts.models import SafeContact, StaffRole, User
from peersupport.accounts.staffing import give_role
from peersupport.demo.cast import PASSWORD, PEOPLE, Person
from peersupport.groups.models import Availability, Facilitator


def known_password() -> str:
    """The cast's password as the database keeps it: one hash for all, made once, kept while it fits.

    Keeping it leaves signed-in visitors signed in when the demonstration starts again.
    """
    signs_in = PEOPLE["salla"].email
    kept = User.objects.filter(email=signs_in).values_list("password", flat=True).first()
    return kept if kept is not None and check_password(PASSWORD, kept) else make_password(PASSWORD)


def open_account(person: Person, *, password: str) -> User:
    """The account of one of the cast, opened if it is missing. `password` is already hashed."""
    user = account_of(person) or _opened(person)
    if user.password != password or not user.is_active:
        user.password, user.is_active = password, True
        user.save(update_fields=["password", "is_active"])
    if person.role:
        give_role(to=user, role=StaffRole.Role(person.role), by=None)
    if person.display_name:
        facilitator, made = Facilitator.objects.update_or_create(
            user=user, defaults={"display_name": person.display_name, "languages": list(person.languages)}
        )
        if made or not facilitator.available.exists():
            _note_when_free(facilitator, person)
    return user


def _note_when_free(facilitator: Facilitator, person: Person) -> None:
    Availability.objects.bulk_create(
        Availability(
            facilitator=facilitator,
            weekday=weekday,
            from_time=begins,
            until_time=ends,
            time_zone=person.time_zone,
        )
        for weekday, begins, ends in person.available
    )


def _opened(person: Person) -> User:
    # Coordinators are written to when something waits; the other staff of the demonstration are not.
    may_write = bool(person.email) and person.role in {"", StaffRole.Role.COORDINATOR}
    contact = SafeContact(email_is_safe=may_write, address=person.email, time_zone=person.time_zone)
    user = opening.open_account(
        email=person.email or None,
        password=None,
        by=None,
        contact=contact,
        time_zone=person.time_zone,
        country=person.country,
    )
    if person.sign_in_name:
        # Names are generated; the cast's are known.
        user.sign_in_name = person.sign_in_name
        user.save(update_fields=["sign_in_name"])
    return user


def account_of(person: Person) -> User | None:
    """The account of one of the cast, or None."""
    if person.email:
        return User.objects.filter(email=person.email).first()
    return User.objects.filter(sign_in_name=person.sign_in_name).first()


def key_of(user: User) -> str | None:
    """Who of the cast this is; None for a visitor."""
    names = {user.email, user.sign_in_name} - {None}
    return next((key for key, person in PEOPLE.items() if person.signs_in_with in names), None)
