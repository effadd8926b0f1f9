"""What a facilitator reads for the stage a meeting is at, and nobody else does."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.test import Client

from facilitators.prompts import PROMPTS, WORDS_MOST, by_the_clock
from peersupport.chat.models import Event, Room
from tests.cast import Cast
from tests.facilitators.conftest import enters

pytestmark = pytest.mark.django_db
TOPIC = "What has helped at home lately, even a little?"
ROUND = "One sentence, if you like: how do you come here today?"


def console(client: Client, room: Room, part: str = "") -> str:
    return html.unescape(client.get(f"/today/room/{room.pk}/{part}").content.decode())


def chooses(client: Client, room: Room, stage: str) -> str:
    answer = client.post(f"/today/room/{room.pk}/act/", {"act": "stage", "stage": stage}, follow=True)
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("stage", Room.Stage.values)
def test_every_stage_has_a_few_short_prompts_of_both_kinds(stage: str) -> None:
    prompts = PROMPTS[stage]
    assert prompts.say
    assert prompts.watch
    assert len(" ".join(map(str, prompts.say + prompts.watch)).split()) <= WORDS_MOST


def test_she_finds_the_prompts_of_the_stage_she_chose_with_and_without_a_script(
    evening: Room, maija: Client
) -> None:
    chooses(maija, evening, "topic")
    for page in (console(maija, evening), console(maija, evening, "beside/")):
        assert "For this stage: today's topic" in page
        assert TOPIC in page
        assert ROUND not in page


def test_where_nobody_chose_one_the_clock_suggests_it(evening: Room, maija: Client) -> None:
    Room.objects.filter(pk=evening.pk).update(stage="")
    assert ROUND in console(maija, evening)


@pytest.mark.parametrize(
    ("minutes", "stage"),
    [(-16, ""), (-15, "arrival"), (0, "round"), (20, "topic"), (75, "closing"), (90, "")],
)
def test_the_clock_goes_by_the_plan_of_the_meeting(cast: Cast, minutes: int, stage: str) -> None:
    meeting = cast.meeting(cast.alder, 4)
    assert by_the_clock(meeting, now=meeting.starts_at + timedelta(minutes=minutes)) == stage


def test_between_meetings_there_is_none(cast: Cast, room: Room, maija: Client) -> None:
    assert 'id="prompts"' in console(maija, room)
    cast.alder.meetings.update(starts_at=cast.later(days=2), ends_at=cast.later(days=2, minutes=90))
    assert 'id="prompts"' not in console(maija, room)


def test_no_parent_reads_a_prompt_on_any_page_of_the_group(
    cast: Cast, evening: Room, maija: Client, client: Client
) -> None:
    chooses(maija, evening, "topic")
    assert TOPIC in console(maija, evening)
    client.force_login(cast.aino)
    for path in (f"/room/{evening.pk}/", f"/my/{cast.alder.slug}/"):
        page = client.get(path)
        assert page.status_code == 200
        assert TOPIC not in html.unescape(page.content.decode())
    assert client.get(f"/today/room/{evening.pk}/").status_code == 404


def test_the_stage_she_chooses_is_told_to_everybody_with_the_time_the_plan_leaves_for_it(
    cast: Cast, evening: Room, maija: Client
) -> None:
    assert "Everybody sees what we are at: closing round." in chooses(maija, evening, "closing")
    evening.refresh_from_db()
    assert evening.stage == "closing"
    assert evening.stage_until is not None
    assert abs(evening.stage_until - cast.meeting(cast.alder, 4).ends_at) < timedelta(minutes=1)
    assert evening.events.filter(kind=Event.Kind.STAGE).exists()
    # A stage whose time the plan has passed is left open.
    chooses(maija, evening, "arrival")
    evening.refresh_from_db()
    assert evening.stage_until is None


def test_an_empty_choice_is_answered_and_changes_nothing(evening: Room, maija: Client) -> None:
    before = evening.stage
    assert "Choose one of the list." in chooses(maija, evening, "")
    evening.refresh_from_db()
    assert evening.stage == before


def test_a_facilitator_of_another_group_chooses_no_stage(cast: Cast, evening: Room) -> None:
    before = evening.events.filter(kind=Event.Kind.STAGE).count()
    ruben = enters(cast.ruben)
    answer = ruben.post(f"/today/room/{evening.pk}/act/", {"act": "stage", "stage": "topic"})
    assert answer.status_code == 404
    assert evening.events.filter(kind=Event.Kind.STAGE).count() == before
