"""The places of whoever is signed in: under the thumb on a phone, in the top bar elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peersupport.accounts.models import User


@dataclass(frozen=True)
class Place:
    """One place: its name, its address, its icon's template, and whether the reader stands in it."""

    name: str
    path: str
    icon: str
    here: bool


def places_of(user: User, *, path: str, room_path: str = "") -> list[Place]:
    """At most four places, by role: staff have their workspaces, members their group.

    :param path: where the reader is; :param room_path: the address of her room, where there is one.
    """
    wanted: list[tuple[str, str, str]] = []
    if user.has_perm("joining.coordinate"):
        wanted.append((_("Desk"), "/desk/", "desk"))
    if user.has_perm("groups.facilitate"):
        wanted.append((_("Today"), "/today/", "today"))
    if not wanted:
        wanted.append((_("Group"), "/my/", "group"))
        if room_path:
            wanted.append((_("Room"), room_path, "room"))
    wanted.append((_("Guides"), f"/{get_language() or 'en'}/guides/", "guides"))
    wanted.append((_("Account"), "/account/", "account"))
    return [
        Place(name, address, f"icons/{icon}.html", path.startswith(address)) for name, address, icon in wanted
    ]
