"""Packs: read as if somebody meant harm, taken once, shown before they change anything."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as some

from peersupport.audit.models import Entry
from peersupport.groups import packs, taking
from peersupport.groups.models import Programme
from peersupport.groups.packs import Content, NotAPack, Pack, Topic
from peersupport.joining import gathering, seats
from tests.cast import Cast
from tests.joining import proposed
from tests.registries.visitors import staff_browser

GOOD = """\
format: 1
slug: harbour
version: 2
title: Harbour
audience: For parents.
kinds: [online]
minutes: 75
topics:
  - title: Arriving
    about: "Who we are: and why."
    chapter: next-steps/your-own-care
  - title: Going on
"""


def wrong_with(text: str) -> list[tuple[int, str]]:
    with pytest.raises(NotAPack) as found:
        packs.read(text)
    return [(one.line, one.where) for one in found.value.problems]


def test_a_pack_says_what_a_programme_is() -> None:
    pack = packs.read(GOOD)
    assert (pack.slug, pack.version, pack.content.minutes, pack.content.planned) == ("harbour", 2, 75, 8)
    assert pack.content.topics[0] == Topic("Arriving", "Who we are: and why.", "next-steps/your-own-care")
    assert packs.read(packs.written(pack)) == pack


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("minutes: 75", "minutes: 900"), [(7, "minutes")]),
        (("minutes: 75", "minutes: soon\nplaned: 8"), [(7, "minutes"), (8, "planed")]),
        (("minutes: 75", "minutes: 75\nminutes: 80"), [(8, "minutes")]),
        (("version: 2", "version: -1"), [(3, "version")]),
        (("format: 1", "format: 2"), [(1, "format")]),
        (("slug: harbour", "slug: The Harbour"), [(2, "slug")]),
        (("title: Harbour\n", ""), [(1, "title")]),
        (("kinds: [online]", "kinds: [weather]"), [(6, "kinds[1]")]),
        (("- title: Going on", "- title: Arriving"), [(12, "topics[2]")]),
        (("- title: Going on", "- words: Going on"), [(1, "topics[2].title"), (12, "topics[2].words")]),
        (("chapter: next-steps/your-own-care", "chapter: //elsewhere"), [(11, "topics[1].chapter")]),
        (("minutes: 75", "planned: 5"), [(1, "goes_on_from, minimum, planned, maximum")]),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_field(
    change: tuple[str, str], wrong: list[tuple[int, str]]
) -> None:
    assert change[0] in GOOD
    assert wrong_with(GOOD.replace(*change)) == wrong


def test_what_is_meant_to_do_harm_is_only_refused() -> None:
    many = "a: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(9))
    harmful = [
        many,
        "[" * 60_000,
        "title: !!python/object/apply:os.system [ls]",
        "a: " * 20_000,
        "x" * (packs.MOST_BYTES + 1),
        "- a\n- b",
        "",
        "title: \x00",
        "? [a, b]\n: c",
        "---\na: 1\n---\nb: 2",
    ]
    for text in harmful:
        assert wrong_with(text), text[:40]


@given(some.text(max_size=60), some.integers(0, len(GOOD)))
def test_whatever_is_written_into_a_pack_it_is_read_or_refused(words: str, at: int) -> None:
    try:
        packs.read(GOOD[:at] + words + GOOD[at:])
    except NotAPack as wrong:
        assert wrong.problems  # noqa: PT017 - either is fine


@pytest.mark.django_db
def test_a_pack_is_taken_once_and_a_newer_one_says_what_it_would_change(cast: Cast) -> None:
    pack = packs.read(GOOD)
    assert taking.differences(pack) is None
    made = taking.take(pack=pack, by=cast.salla)
    for _again in range(2):
        assert taking.differences(pack) == []
        assert taking.take(pack=pack, by=cast.salla).pk == made.pk
    assert Entry.objects.filter(what="programme.taken").count() == 1

    newer = packs.read(GOOD.replace("version: 2", "version: 3").replace("minutes: 75", "minutes: 60"))
    assert [(one.name, one.now, one.then) for one in taking.differences(newer) or ()] == [
        ("minutes", "75", "60")
    ]
    taking.take(pack=newer, by=cast.salla)
    with pytest.raises(taking.Older):
        taking.take(pack=pack, by=cast.salla)
    with pytest.raises(taking.NumberUsed):
        taking.differences(Pack("harbour", 3, pack.content))
    assert taking.pack_of(Programme.objects.get(pk=made.pk)) == newer


@pytest.mark.django_db
def test_groups_that_go_on_keep_their_programme_as_it_was(cast: Cast) -> None:
    group, programme = cast.birch, cast.birch.programme
    topics, free = list(programme.topics), seats.left(group, cast.now)
    waits = proposed.waits(cast)
    waits.wanted_group = group
    waits.save()
    before = gathering.gather(starts_on=proposed.begins(cast), now=cast.now).facts()

    content = Content(title="Anew", audience="For all.", planned=6, topics=(Topic("One"), Topic("Two")))
    assert taking.adapt(programme=programme, content=content, by=cast.salla)
    assert not taking.adapt(programme=programme, content=content, by=cast.salla)
    group.refresh_from_db()
    assert (group.programme.topics, seats.left(group, cast.now)) == (topics, free)
    fresh = Programme.objects.get(pk=programme.pk)
    assert (fresh.title, fresh.slug, fresh.topics) == ("Anew", programme.slug, ["One", "Two"])
    assert list(taking.programmes()).count(fresh) == 1
    assert group.programme not in taking.programmes()

    # Whoever wished for it is still placed there, and in new groups of the programme.
    after = gathering.gather(starts_on=proposed.begins(cast), now=cast.now).facts()
    assert after.parents[0].courses == before.parents[0].courses == {str(programme.pk)}
    assert [one.course for one in after.groups] == [one.course for one in before.groups]


@pytest.mark.django_db
def test_the_desk_shows_a_pack_before_it_is_taken(cast: Cast) -> None:
    salla = staff_browser(cast.salla)
    shown = salla.post("/desk/programmes/", {"file": GOOD})
    assert not Programme.objects.filter(slug="harbour").exists()
    assert "A new programme with 2 meetings." in shown.content.decode()
    seen = shown.context["shown"]["seen"]
    stale = salla.post("/desk/programmes/", {"file": GOOD, "take": "another"})
    assert stale.status_code == 200
    assert not Programme.objects.filter(slug="harbour").exists()
    assert salla.post("/desk/programmes/", {"file": GOOD, "take": seen}).status_code == 302

    page = salla.get("/desk/programmes/harbour/")
    form = {**page.context["form"].initial, "minutes": "60"}
    assert salla.post("/desk/programmes/harbour/", form).status_code == 302
    assert Programme.objects.get(slug="harbour").minutes == 60
    given_on = salla.get("/desk/programmes/harbour/pack/")
    assert packs.read(given_on.content.decode()).version == 3
    assert 'filename="harbour-3.yaml"' in given_on["Content-Disposition"]
    wrong = salla.post("/desk/programmes/harbour/", {**form, "planned": "3", "topics": "One\nOne"})
    assert wrong.status_code == 400
    assert Programme.objects.get(slug="harbour").planned == 8
    assert (
        "line 7, minutes"
        in salla.post("/desk/programmes/", {"file": GOOD.replace("75", "900")}).content.decode()
    )


@pytest.mark.django_db
def test_a_pack_is_taken_and_given_on_by_command(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "harbour.yaml"
    file.write_text(GOOD)
    said = StringIO()
    call_command("programme", "import", str(file), stdout=said)
    assert not Programme.objects.filter(slug="harbour").exists()
    call_command("programme", "import", str(file), "--yes", stdout=said)
    call_command("programme", "import", str(file), "--yes", stdout=said)
    assert "Nothing would change." in said.getvalue()
    given_on = StringIO()
    call_command("programme", "export", "harbour", stdout=given_on)
    assert packs.read(given_on.getvalue()) == packs.read(GOOD)
    file.write_text(GOOD.replace("minutes: 75", "minutes: 1"))
    with pytest.raises(CommandError, match="line 7, minutes"):
        call_command("programme", "import", str(file))
    with pytest.raises(CommandError):
        call_command("programme", "export", "nothing")
