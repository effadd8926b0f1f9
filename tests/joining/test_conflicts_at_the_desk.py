"""At the desk people are named, counted and erased; that there is a match is said, with whom never."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from peersupport.audit.models import Entry
from peersupport.groups.models import SupportGroup
from peersupport.joining import placing
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Application, Identifier, Placement
from tests.cast import Cast
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
CANARY = "Quibblewick"


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


@pytest.fixture
def greta(cast: Cast) -> Application:
    """Waiting for a place."""
    return applicants.waiting(cast.now, by=cast.salla)


def desk(application: Application, rest: str = "") -> str:
    return f"/desk/applications/{application.pk}/{rest}"


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def sent(client: Client, path: str, **data: str) -> str:
    answer = client.post(path, data, follow=True)
    return unescape(answer.content.decode())


def offered_to_whom(cast: Cast, *own: str) -> Application:
    """Somebody who has an offer in Birch and is known by these."""
    application = applicants.waiting(cast.now, by=cast.salla, called="Hanna")
    naming.name(application=application, kind=Identifier.Kind.SELF, lines=own, by=cast.salla)
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    return application


def seen_on(page: str) -> str:
    """Which matches the form beside a group is about."""
    return page.split('name="seen" value="')[1].split('"')[0]


def test_what_she_writes_is_counted_and_never_shown_again(
    cast: Cast, salla: Client, greta: Application
) -> None:
    assert "Nobody is named yet." in read(salla, desk(greta))
    lines = f"Zdena {CANARY}\n\n{CANARY}@home.example\n040 123 4567\n"
    page = sent(salla, desk(greta, "people/"), kind="apart", lines=lines)
    assert "3 lines are kept." in page
    assert "3 names, addresses or numbers of people never to meet" in page
    sent(salla, desk(greta, "people/"), kind="accused", lines=f"Zoran {CANARY}")
    for path in (desk(greta), desk(greta, "people/"), desk(greta, "place/")):
        page = read(salla, path)
        assert CANARY.casefold() not in page.casefold()
    assert "1 name, address or number of the accused" in read(salla, desk(greta))
    # One word tells nobody, but it tells a village.
    assert "Line 1 does not say who it is" in sent(
        salla, desk(greta, "people/"), kind="accused", lines=CANARY
    )
    assert "1 line is kept." in sent(salla, desk(greta, "people/"), kind="place", lines=CANARY)
    assert "1 village or school" in read(salla, desk(greta))
    assert CANARY not in str(list(Entry.objects.values_list("facts", "about")))
    named = Entry.objects.filter(what="conflicts.named").earliest("pk")
    assert (named.actor, named.facts) == (cast.salla.pk, {"kind": "apart", "number": 3})


def test_they_can_be_erased_and_written_anew(salla: Client, greta: Application) -> None:
    sent(salla, desk(greta, "people/"), kind="apart", lines="Zdena Quibblewick")
    assert Identifier.objects.exists()
    page = sent(salla, desk(greta, "people/"), clear="apart")
    assert "Erased. You can write them anew." in page
    assert "Nobody is named yet." in page
    assert not Identifier.objects.exists()
    assert Entry.objects.filter(what="conflicts.cleared").get().facts == {"kind": "apart", "number": 1}
    assert "1 line is kept." in sent(salla, desk(greta, "people/"), kind="apart", lines="Zdena Quibblewick")
    again = sent(salla, desk(greta, "people/"), kind="apart", lines="quibblewick zdena")
    assert "0 lines are kept. What was there already is not kept twice." in again


WRONG: list[tuple[dict[str, str], str]] = [
    ({"kind": "apart", "lines": "Zdena Quibblewick\nQuibblewick"}, "Line 2 does not say who it is"),
    ({"kind": "apart", "lines": ""}, "Write at least one line."),
    ({"kind": "nonsense", "lines": "Zdena Quibblewick"}, "Choose"),
    ({"lines": "Zdena Quibblewick"}, "Choose"),
    ({"kind": "apart", "lines": "Zdena Quibblewick\n" * 21}, "At most 20 lines"),
    ({"kind": "apart", "lines": "Zdena " + "Q" * 120}, "At most 20 lines"),
    ({"kind": "apart", "lines": "a\0b"}, "Null characters are not allowed."),
    ({"clear": "nonsense"}, "Write at least one line."),
    ({}, "Choose"),
]


def test_what_cannot_be_kept_comes_back_with_what_is_wrong(salla: Client, greta: Application) -> None:
    for data, words in WRONG:
        answer = salla.post(desk(greta, "people/"), data)
        assert answer.status_code == 400, data
        assert words in unescape(answer.content.decode()), data
    assert not Identifier.objects.exists()


def test_opening_the_page_is_recorded(cast: Cast, salla: Client, greta: Application) -> None:
    read(salla, desk(greta, "people/"))
    entry = Entry.objects.filter(what="application.read").get()
    assert (entry.actor, entry.about) == (cast.salla.pk, f"joining.application:{greta.pk}")


def test_nobody_but_a_coordinator_names_anybody(cast: Cast, salla: Client, greta: Application) -> None:
    data = {"kind": "apart", "lines": "Zdena Quibblewick"}
    for user in (cast.maija, cast.aino, cast.tuuli):
        assert staff_browser(user).post(desk(greta, "people/"), data).status_code == 404
    assert not Identifier.objects.exists()
    assert salla.post(desk(greta, "people/"), data).status_code == 302
    assert Identifier.objects.exists()


def test_a_sure_match_is_said_in_the_list_and_no_place_can_be_offered(
    cast: Cast, salla: Client, greta: Application
) -> None:
    other = offered_to_whom(cast, "Zdena Quibblewick")
    assert "Offer a place in Birch" in read(salla, desk(greta, "place/"))
    sent(salla, desk(greta, "people/"), kind="apart", lines="Quibblewick, Zdena")
    page = read(salla, desk(greta, "place/"))
    assert "There is a match: not here" in page
    assert "By a name. With whom is not shown." in page
    assert "Offer a place in Birch" not in page
    assert "Hanna" not in page
    assert str(other.pk) not in page
    for reason in ("", "somebody_else"):
        page = sent(salla, desk(greta, "place/"), group=str(cast.birch.pk), looked_into=reason)
        assert "There is a match in this group: not here. Nothing was offered." in page
    assert not Placement.objects.filter(application=greta).exists()


def test_where_there_may_be_a_match_she_says_first_what_she_has_found_out(
    cast: Cast, salla: Client, greta: Application
) -> None:
    offered_to_whom(cast, "Zdena Quibblewick")
    sent(salla, desk(greta, "people/"), kind="apart", lines="Z. Quibblewick")
    page = read(salla, desk(greta, "place/"))
    assert "There may be a match: look into it first" in page
    assert "What have you found out?" in page
    page = sent(salla, desk(greta, "place/"), group=str(cast.birch.pk))
    assert "look into it, and say what you have found out" in page
    assert not Placement.objects.filter(application=greta).exists()
    assert salla.post(
        desk(greta, "place/"), {"group": str(cast.birch.pk), "looked_into": "nonsense"}
    ).status_code == 404  # fmt: skip
    found = {"group": str(cast.birch.pk), "looked_into": "somebody_else"}
    seen = seen_on(read(salla, desk(greta, "place/")))
    # Another match comes while she reads: what she has found out is not about that one.
    naming.name(application=greta, kind=Identifier.Kind.ACCUSED, lines=["Z. Quibblewick"], by=cast.salla)
    for what in ({}, {"seen": seen}):
        page = sent(salla, desk(greta, "place/"), **found, **what)
        assert "look into it, and say what you have found out" in page
    assert not Placement.objects.filter(application=greta).exists()
    seen = seen_on(read(salla, desk(greta, "place/")))
    page = sent(salla, desk(greta, "place/"), **found, seen=seen)
    assert "The place is offered." in page
    assert Entry.objects.filter(what="place.offered").latest("pk").facts["looked_into"] == "somebody_else"


def test_a_match_that_comes_after_the_place_stands_at_the_application_and_at_the_group(
    cast: Cast, salla: Client, greta: Application
) -> None:
    offered_to_whom(cast, "Zdena Quibblewick")
    placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    group = f"/desk/places/{cast.birch.slug}/"
    for path in (desk(greta), group, "/desk/places/"):
        page = read(salla, path)
        assert "There is a match in" not in page
        assert "a match</span>" not in page
    page = sent(salla, desk(greta, "people/"), kind="apart", lines="Quibblewick, Zdena")
    assert "There is a match in Birch" in page
    assert "There is a match in this group" in read(salla, group)
    assert "a match</span>" in read(salla, "/desk/places/")
    SupportGroup.objects.filter(pk=cast.birch.pk).update(state="cancelled", ended_at=cast.now)
    assert "There is a match" not in read(salla, desk(greta))
