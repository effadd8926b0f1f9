"""The places of whoever is signed in: under the thumb on a phone, in the top bar elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guides import offered
from peersupport.accounts.models import User
from peersupport.groups.access import memberships_of


@dataclass(frozen=True)
class Place:
    """One place: its name, its address, its icon's template, and whether the reader stands in it."""

    name: str
    path: str
    icon: str
    here: bool


def places_of(user: User, *, path: str) -> list[Place]:
    """At most four places: staff have their workspaces, members their group and its room.

    :param path: where the reader is.
    """
    wanted = _of_staff(user) or _of_member(user)
    wanted.append((_("Guides"), offered.path(get_language()), "guides"))
    wanted.append((_("Account"), reverse("accounts:account"), "account"))
    # "/my/account/" lies below "/my/": the longest address that fits is where she is.
    here = max((place for _name, place, _icon in wanted if path.startswith(place)), key=len, default="")
    if path.startswith("/account/"):  # Passwords and second steps, at addresses of their own.
        here = reverse("accounts:account")
    return [Place(name, place, f"icons/{icon}.html", place == here) for name, place, icon in wanted]


def _of_staff(user: User) -> list[tuple[str, str, str]]:
    found = []
    if user.has_perm("joining.coordinate"):
        found.append((_("Desk"), reverse("joining:desk"), "desk"))
    if user.has_perm("groups.facilitate"):
        found.append((_("Today"), "/today/", "today"))
    if user.has_perm("guides.review"):
        found.append((_("Texts"), reverse("guides:texts"), "guides"))
    return found


def _of_member(user: User) -> list[tuple[str, str, str]]:
    slugs = list(memberships_of(user).values_list("group__slug", flat=True)[:2])
    if user.is_staff and not slugs:
        return []
    found = [(_("Group"), reverse("groups:mine"), "group")]
    if len(slugs) == 1:
        found.append((_("Room"), reverse("chat:of_group", args=[slugs[0]]), "room"))
    return found
