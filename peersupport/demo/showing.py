"""The table of sign-ins that the demonstration prints."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from peersupport.demo.cast import APPLICANTS, PASSWORD, PEOPLE

#: Who a visitor may be: key of the cast, what that person is, where to go first.
SHOWN = (
    ("aino", "parent, group Alder", "/my/"),
    ("berit", "parent, group Alder (no e-mail)", "/my/"),
    ("maija", "facilitator of Alder", "/today/"),
    ("salla", "coordinator", "/desk/"),
    ("tuuli", "editor of the guides", "/texts/"),
)

#: Applicants have no account; they come back with a code.
ON_THE_WAY = (("lumi", "applicant, a place is offered"), ("jonna", "applicant, half way through"))


def sign_ins() -> str:
    """One line per person: name, what she is, what she signs in with, where to go; the password below."""
    rows = [("", "who", "signs in with", "where to go")]
    for key, what, path in SHOWN:
        person = PEOPLE[key]
        rows.append((person.name, what, person.signs_in_with, f"http://localhost:{settings.PORT}{path}"))
    for key, what in ON_THE_WAY:
        applicant = APPLICANTS[key]
        path = reverse("joining:return")
        rows.append((applicant.name, what, applicant.code, f"http://localhost:{settings.PORT}{path}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(
        [*(line.rstrip() for line in lines), "", f"Password for everyone with an account: {PASSWORD}"]
    )
