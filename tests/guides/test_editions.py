"""Publishing: immutable editions, renditions made anew only where something they depend on has changed."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import brotli
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from guides import editions, typesetting
from guides.front_matter import ContentError
from guides.models import Edition, Rendition
from guides.pages import ALWAYS
from guides.typesetting import NotSet, Order
from tests.guides.conftest import NOON
from tests.guides.trees import Tree, add_coffee
from tests.throwaway import as_owner

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=1)


def publish(tree: Tree, now: datetime = NOON) -> list[editions.Outcome]:
    """Publish the tree as it stands."""
    return editions.publish(tree.read(), by="Tuuli", now=now)


def served() -> dict[tuple[str, date], tuple[int, str]]:
    """Id and ETag of every row that is served."""
    return {(row.path, row.shown_from): (row.pk, row.etag) for row in Rendition.objects.current()}


def page(path: str, shown_from: date = ALWAYS) -> str:
    """A stored page as text."""
    return bytes(Rendition.objects.current().get(path=path, shown_from=shown_from).body).decode()


def test_a_guide_becomes_a_numbered_edition_with_its_pages_and_its_pdf(tree: Tree) -> None:
    (outcome,) = publish(tree)
    edition = outcome.edition
    assert (edition.guide, edition.language, edition.number) == ("tea", "en", 1)
    assert (edition.published_at, edition.published_by) == (NOON, "Tuuli")
    assert edition.changes == "First edition."
    assert edition.source["01-pot.md"] == tree.file("tea/01-pot.md").read_text(encoding="utf-8")
    paths = {path for path, _day in served()}
    assert paths == {
        "/en/guides/",
        "/en/guides/tea/",
        "/en/guides/tea/pot/",
        "/en/guides/tea/cups/",
        "/en/guides/tea/editions/",
        "/en/guides/tea/tea-a4.pdf",
        "/api/v1/guides/en/tea/",
        "/en/guides/tea/tea.html",
        "/en/guides/tea/tea.txt",
        "/en/guides/tea/tea-sums.txt",
        "/en/guides/tea/tea-a5.pdf",
        "/en/guides/tea/tea-booklet.pdf",
        "/en/guides/tea/tea-large.pdf",
        "/en/guides/tea/tea-list-pot.pdf",
    }
    assert "/en/guides/tea/tea-a4.pdf" in page("/en/guides/tea/")


def test_publishing_the_same_text_again_changes_nothing(tree: Tree) -> None:
    publish(tree)
    before = served()
    (outcome,) = publish(tree, LATER)
    assert (outcome.new, outcome.rebuilt) == (False, 0)
    assert served() == before
    assert Edition.objects.count() == 1


def test_a_changed_word_makes_the_next_edition_and_says_what_changed(tree: Tree) -> None:
    publish(tree)
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    (outcome,) = publish(tree, LATER)
    assert (outcome.new, outcome.edition.number, outcome.edition.published_at) == (True, 2, LATER)
    assert outcome.edition.changes == "Changed: The pot"
    assert "fresh water" in page("/en/guides/tea/pot/")
    assert Edition.objects.get(number=1).renditions.filter(path="/en/guides/tea/pot/").exists()


def test_what_is_new_and_what_is_gone_is_said_by_title(tree: Tree) -> None:
    publish(tree)
    tree.file("tea/02-cups.md").unlink()
    for name in ("tea/guide.yaml", "tea/01-pot.md"):
        text = tree.file(name).read_text().replace("[pot, cups]", "[pot, milk]").replace("cups", "milk")
        tree.file(name).write_text(text)
    milk = (
        tree.file("tea/01-pot.md").read_text().replace("slug: pot", "slug: milk").replace("The pot", "Milk")
    )
    tree.file("tea/03-milk.md").write_text(milk.replace("next: [milk]", "next: [pot]"))
    (outcome,) = publish(tree, LATER)
    assert outcome.edition.changes.splitlines() == [
        "Changed: The pot",
        "Removed: The cups",
        "New: Milk",
        "Changed: Tea",
    ]
    assert "/en/guides/tea/cups/" not in {path for path, _day in served()}


def test_a_changed_frame_makes_the_pages_anew_and_the_number_stays(tree: Tree, settings: Settings) -> None:
    publish(tree)
    before = served()
    settings.SITE_NAME = "House of tea"
    (outcome,) = publish(tree, LATER)
    assert (outcome.new, outcome.edition.number) == (False, 1)
    # The list of guides belongs to no edition; file to keep, text, checklist and data have no frame.
    same = {f"/en/guides/tea/{name}" for name in ("tea.html", "tea.txt", "tea-list-pot.pdf")}
    same.add("/api/v1/guides/en/tea/")
    assert outcome.rebuilt == len(before) - 1 - len(same)
    assert "House of tea" in page("/en/guides/tea/pot/")
    newest = max(pk for pk, _etag in before.values())
    assert {path for (path, _day), (pk, _etag) in served().items() if pk <= newest} == same


def test_a_verified_helpline_goes_onto_paper_at_the_next_publishing(tree: Tree) -> None:
    line = {
        "name": "Tea line",
        "for": ["parent"],
        "phone": "0100 200",
        "web": "tea.example",
        "chat": None,
        "languages": ["en"],
        "hours": None,
        "cost": None,
        "confidence": "seen",
        "verified_by_ngo": None,
    }
    tree.helplines(fi=[line])
    publish(tree)
    pdf = "/en/guides/tea/tea-a4.pdf"
    before = served()[pdf, ALWAYS]
    tree.helplines(fi=[{**line, "verified_by_ngo": "2026-11-20"}])
    (outcome,) = publish(tree, LATER)
    assert not outcome.new
    assert served()[pdf, ALWAYS] != before


def test_the_edition_of_one_guide_does_not_follow_another(tree: Tree) -> None:
    add_coffee(tree)
    publish(tree)
    tree.replace("coffee/guide.yaml", "A draft.", "A second draft.")
    numbers = {each.edition.guide: (each.edition.number, each.rebuilt > 0) for each in publish(tree, LATER)}
    assert numbers == {"tea": (1, False), "coffee": (2, True)}


def test_an_overdue_chapter_says_so_from_the_day_after_with_nothing_running(tree: Tree) -> None:
    publish(tree)
    due = date(2027, 11, 2)
    late = "The review of this text is overdue"
    assert late not in page("/en/guides/tea/pot/")
    assert late in page("/en/guides/tea/pot/", due)
    assert "This text should have been reviewed by 1 November 2027" in page("/en/guides/tea/pot/", due)
    assert "Review overdue" in page("/en/guides/tea/", due)


def test_a_text_no_professional_has_read_says_so(tree: Tree) -> None:
    publish(tree)
    line = "Written 1 November 2026; no professional has reviewed this text yet."
    assert line in page("/en/guides/tea/pot/")
    tree.replace("tea/01-pot.md", "status: draft", "status: reviewed")
    publish(tree, LATER)
    assert "Reviewed by a professional on 1 November 2026." in page("/en/guides/tea/pot/")


def test_a_tree_with_a_fault_is_not_published_at_all(tree: Tree) -> None:
    add_coffee(tree)
    tree.body("Only text.")
    with pytest.raises(ContentError):
        publish(tree)
    assert not Edition.objects.exists()
    assert not Rendition.objects.exists()


def test_a_pdf_that_cannot_be_made_leaves_everything_as_it_was(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tree)
    before = served()
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")

    def fails(orders: Sequence[Order]) -> None:
        raise NotSet("no paper")

    monkeypatch.setattr(typesetting, "typeset", fails)
    with pytest.raises(NotSet):
        publish(tree, LATER)
    assert served() == before
    assert Edition.objects.count() == 1


def papers() -> set[str]:
    """The papers that are served."""
    return {path for path, _day in served() if path.endswith(".pdf")}


def test_pages_come_first_and_name_only_the_papers_that_are_there(tree: Tree) -> None:
    editions.publish(tree.read(), by="Tuuli", now=NOON, with_papers=False)
    assert papers() == set()
    assert "Papers are still being made" in page("/en/guides/tea/")
    assert ".pdf" not in page("/en/guides/tea/")
    chapter = served()["/en/guides/tea/pot/", ALWAYS]
    [outcome] = editions.print_papers(tree.read(), now=LATER)
    assert (outcome.edition.number, outcome.edition.published_at, outcome.new) == (1, NOON, False)
    assert len(papers()) == 5
    assert "still being made" not in page("/en/guides/tea/")
    assert all(path in page("/en/guides/tea/") for path in papers())
    assert served()["/en/guides/tea/pot/", ALWAYS] == chapter
    assert [each.rebuilt for each in editions.print_papers(tree.read(), now=LATER)] == [0]


def test_a_text_that_has_changed_waits_for_its_papers_until_it_is_published(tree: Tree) -> None:
    add_coffee(tree)
    editions.publish(tree.read(), by="Tuuli", now=NOON, with_papers=False)
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    assert [each.edition.guide for each in editions.print_papers(tree.read(), now=LATER)] == ["coffee"]
    assert papers()
    assert not any("/tea/" in path for path in papers())


def test_older_papers_of_an_edition_are_served_until_the_new_ones_are_made(
    tree: Tree, settings: Settings
) -> None:
    publish(tree)
    before = {key: row for key, row in served().items() if key[0].endswith("a4.pdf")}
    settings.SITE_NAME = "House of tea"
    editions.publish(tree.read(), by="Tuuli", now=LATER, with_papers=False)
    assert {key: row for key, row in served().items() if key[0].endswith("a4.pdf")} == before
    list(editions.print_papers(tree.read(), now=LATER))
    assert {key: row for key, row in served().items() if key[0].endswith("a4.pdf")} != before


def test_a_paper_that_cannot_be_made_afterwards_takes_nothing_away(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions.publish(tree.read(), by="Tuuli", now=NOON, with_papers=False)
    before = served()

    def fails(orders: Sequence[Order]) -> None:
        raise NotSet("no paper")

    monkeypatch.setattr(typesetting, "typeset", fails)
    with pytest.raises(NotSet):
        list(editions.print_papers(tree.read(), now=LATER))
    assert served() == before


def test_the_guides_page_says_of_each_paper_what_it_is(tree: Tree) -> None:
    publish(tree)
    shown = page("/en/guides/tea/")
    assert "The whole guide in large print" in shown
    assert "Only for printing: A4 on both sides, to fold and staple." in shown
    assert "1 checklist on a sheet of its own" in shown
    assert "On the table</a>" in shown


@pytest.mark.parametrize("act", ["UPDATE guides_edition SET changes = 'x'", "DELETE FROM guides_edition"])
def test_an_edition_cannot_be_changed_or_deleted(act: str) -> None:
    Edition.objects.create(
        guide="tea", language="en", number=1, checksum="0", source={}, published_at=NOON, published_by="Tuuli"
    )
    with (
        pytest.raises(DatabaseError, match=r"permission denied|never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act)
    assert Edition.objects.get().changes == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM guides_edition",
        "TRUNCATE guides_edition CASCADE",
        "TRUNCATE guides_edition, guides_rendition, guides_passage, guides_tally",
    ],
)
def test_the_owner_of_the_tables_cannot_empty_them_of_editions_either(act: str) -> None:
    Edition.objects.create(
        guide="tea", language="en", number=1, checksum="0", source={}, published_at=NOON, published_by="Tuuli"
    )
    with as_owner():
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(act)
        assert Edition.objects.exists()


def test_the_commands_say_what_was_done_and_what_stands(tree: Tree) -> None:
    def said(task: str) -> str:
        out = StringIO()
        call_command("guides", task, stdout=out)
        return out.getvalue()

    assert "en/tea: not published yet" in said("status")
    assert said("publish").startswith("en/tea: edition 1 published")
    assert said("publish") == "en/tea: edition 1 unchanged\n"
    assert said("print") == "en/tea: edition 1 unchanged\n"
    today = timezone.localdate()
    assert f"en/tea: edition 1 of {today}, up to date" in said("status")
    tree.replace("tea/01-pot.md", "2027-11-01", "2026-11-02")
    assert "text has changed" in said("status")


def test_every_stored_page_is_compressed_to_the_same_text(tree: Tree) -> None:
    publish(tree)
    pages = Rendition.objects.filter(content_type__startswith="text/html")
    assert pages.count() >= 4
    for row in pages:
        assert gzip.decompress(bytes(row.gzip)) == bytes(row.body)
        assert brotli.decompress(bytes(row.brotli)) == bytes(row.body)


def test_a_tree_of_the_organisations_own_is_published_instead(tree: Tree) -> None:
    publish(tree)
    assert Path(__file__).name not in page("/en/guides/")
    assert "Tea" in page("/en/guides/")
    assert "Next steps" not in page("/en/guides/")
