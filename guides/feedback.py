"""Did this help? Answers are counted by edition and section: no day, no address, no words, nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guides import addresses
from guides.bounds import Bucket
from guides.models import Edition, Tally

YES, NO = "yes", "no"
WRONG: Mapping[str, str | Promise] = {
    "old": _("Something is out of date"),
    "number": _("A number or a link does not work"),
    "country": _("It does not fit my country"),
    "unclear": _("It is hard to understand"),
    "other": _("Something else"),
}
ANSWERS = frozenset({YES, NO, *WRONG})
# Of all readers together, in one process: a machine that answers all day changes little.
TAKEN = Bucket(per_second=2, burst=40)


@dataclass(frozen=True)
class Count:
    """What readers of a section answered, in one edition: ``wrong`` by the words of ``WRONG``."""

    edition: int
    section: str
    yes: int
    no: int
    wrong: Mapping[str, int]

    @property
    def faults(self) -> list[tuple[str | Promise, int]]:
        """What was said to be wrong, in words, and how often."""
        return [(WRONG[name], number) for name, number in self.wrong.items()]


def edition_of(language: str, guide: str, section: str, number: int) -> Edition | None:
    """The edition in which this section was published; None where it never was. One statement."""
    return (
        Edition.objects.only("pk")
        .filter(
            guide=guide,
            language=language,
            number=number,
            renditions__path=addresses.section(language, guide, section),
        )
        .first()
    )


def count(edition: Edition, section: str, answer: str) -> bool:
    """One answer more, and whether it was counted: not where too many come at once. One statement.

    ValueError for an answer that is not known."""
    if answer not in ANSWERS:
        raise ValueError(answer)
    if not TAKEN.take():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO guides_tally (edition_id, section, answer, number) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (edition_id, section, answer) DO UPDATE SET number = guides_tally.number + 1",
            [edition.pk, section, answer],
        )
    return True


def counts(language: str, guide: str) -> list[Count]:
    """For editors: every section of every edition that was answered, newest edition first. One statement."""
    rows: dict[tuple[int, str], dict[str, int]] = {}
    found = Tally.objects.filter(edition__language=language, edition__guide=guide)
    for number, section, answer, many in found.order_by("-edition__number", "section").values_list(
        "edition__number", "section", "answer", "number"
    ):
        rows.setdefault((number, section), {})[answer] = many
    return [
        Count(
            edition=number,
            section=section,
            yes=said.get(YES, 0),
            no=said.get(NO, 0),
            wrong={name: said[name] for name in WRONG if name in said},
        )
        for (number, section), said in rows.items()
    ]
