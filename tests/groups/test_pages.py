"""What a member sees of her group, and what nobody else sees."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from peersupport.accounts.models import User
from peersupport.groups import membership
from peersupport.groups.marks import Mark, id_with_free_mark, mark_of
from peersupport.groups.models import Meeting, Membership
from tests.cast import Cast

pytestmark = pytest.mark.django_db
# The page carries a fresh token against forged requests; everything else has to be the same.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


def page_of(client: Client, cast: Cast, user: Any, group: Any) -> str:
    client.force_login(user)
    response = client.get(f"/my/{group.slug}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_with_one_group_the_way_leads_straight_to_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.aino)

    assert client.get("/my/")["Location"] == f"/my/{cast.alder.slug}/"


def test_without_a_group_she_is_told_where_to_look(client: Client, cast: Cast) -> None:
    membership.leave(membership=cast.seat(cast.toivo), by=cast.toivo, now=cast.now)
    client.force_login(cast.toivo)
    page = client.get("/my/").content.decode()

    assert "You are not in a group now" in page
    assert reverse("joining:return") in page


def test_what_the_group_is_called_by_is_read_aloud_in_the_groups_language(client: Client, cast: Cast) -> None:
    cast.aino.speak("sv")
    page = page_of(client, cast, cast.aino, cast.alder)
    [topic, *_] = cast.alder.meetings.order_by("starts_at").values_list("topic", flat=True)

    assert '<html lang="sv"' in page
    assert f'<span lang="en">{topic}</span>' in page


def test_with_two_groups_she_chooses(client: Client, cast: Cast) -> None:
    membership.admit(user=cast.aino, group=cast.birch, by=cast.salla, now=cast.now)
    client.force_login(cast.aino)
    page = client.get("/my/").content.decode()

    assert cast.alder.slug in page
    assert cast.birch.slug in page


def test_nobody_without_a_sign_in_sees_a_group(client: Client, cast: Cast) -> None:
    for path in ("/my/", f"/my/{cast.alder.slug}/", f"/my/{cast.alder.slug}/calendar.ics"):
        assert client.get(path)["Location"].startswith("/account/login/")


@pytest.mark.check(31)
@pytest.mark.parametrize("rest", ["", "calendar.ics"])
def test_a_parent_of_another_group_gets_the_same_404_as_for_a_missing_group(
    client: Client, cast: Cast, rest: str
) -> None:
    group = cast.alder
    client.force_login(cast.toivo)
    foreign, missing = client.get(f"/my/{group.slug}/{rest}"), client.get(f"/my/zzzzzzzzzz/{rest}")

    assert foreign.status_code == missing.status_code == 404
    assert TOKEN.sub(b"", foreign.content) == TOKEN.sub(b"", missing.content)
    assert foreign.headers == missing.headers
    # There was something to see.
    client.force_login(cast.aino)
    assert client.get(f"/my/{group.slug}/{rest}").status_code == 200


def test_who_left_or_is_suspended_sees_the_group_no_more(client: Client, cast: Cast) -> None:
    seat = Membership.objects.filter(pk=cast.seat(cast.aino).pk)
    client.force_login(cast.aino)
    seat.update(state=Membership.State.LEFT)
    assert client.get(f"/my/{cast.alder.slug}/").status_code == 404
    seat.update(state=Membership.State.SUSPENDED)
    assert client.get(f"/my/{cast.alder.slug}/")["Location"] == "/my/"
    for rest in ("calendar.ics", "words/"):
        assert client.get(f"/my/{cast.alder.slug}/{rest}").status_code == 404


def test_the_others_are_pseudonyms_and_never_names_or_addresses(client: Client, cast: Cast) -> None:
    page = page_of(client, cast, cast.aino, cast.alder)
    others = Membership.objects.filter(group=cast.alder).select_related("user")

    assert all(other.pseudonym in page for other in others)
    secrets = [
        other.user.email or str(other.user.sign_in_name) for other in others if not other.is_facilitator
    ]
    secrets += [str(other.pk) for other in others] + [str(other.user.pk) for other in others]
    assert len(secrets) > 15
    assert [secret for secret in secrets if secret in page] == []


def test_the_open_room_is_one_tap_away_and_a_closed_one_says_when_it_opens(
    client: Client, cast: Cast
) -> None:
    way_in = reverse("chat:of_group", args=[cast.alder.slug])
    assert f'class="button button-large" href="{way_in}"' in page_of(client, cast, cast.aino, cast.alder)

    page = page_of(client, cast, cast.toivo, cast.birch)
    assert "Go to the room" not in page
    assert "The room opens on" in page


def test_times_are_on_her_own_clock_and_the_groups_is_named_where_it_differs(
    client: Client, cast: Cast
) -> None:
    start = cast.now.replace(month=1, day=13, hour=16, minute=30, second=0, microsecond=0, year=2099)
    Meeting.objects.filter(group=cast.alder).delete()
    Meeting.objects.create(
        group=cast.alder, number=1, topic="Beginning", starts_at=start, ends_at=start.replace(hour=18)
    )

    london = page_of(client, cast, cast.dara, cast.alder)
    assert "16:30 – 18:30" in london
    assert "your time (London)" in london
    assert "18:30 in Helsinki, where the group is run." in london
    assert "Tuesday 13 January" in london

    helsinki = page_of(client, cast, cast.aino, cast.alder)
    assert "18:30 – 20:30" in helsinki
    assert "where the group is run" not in helsinki


def test_when_the_course_is_over_the_page_says_so_kindly(client: Client, cast: Cast) -> None:
    assert "There are no more meetings" in page_of(client, cast, cast.maud, cast.cedar)


def test_a_group_without_dates_says_so(client: Client, cast: Cast) -> None:
    Meeting.objects.filter(group=cast.birch).delete()

    assert "The dates are not set yet" in page_of(client, cast, cast.toivo, cast.birch)


def test_a_larger_group_costs_no_more_queries(client: Client, cast: Cast) -> None:
    page_of(client, cast, cast.toivo, cast.birch)
    with CaptureQueriesContext(connection) as small:
        client.get(f"/my/{cast.birch.slug}/")
    for number in range(4):
        someone = User.objects.create_user(sign_in_name=f"calm-stone-{number}")
        membership.admit(user=someone, group=cast.birch, by=cast.salla, now=cast.now)
    with CaptureQueriesContext(connection) as large:
        client.get(f"/my/{cast.birch.slug}/")
    assert len(large) == len(small)


def test_no_two_members_of_a_group_have_the_same_mark_also_after_somebody_left(cast: Cast) -> None:
    group = cast.birch
    membership.leave(membership=cast.seat(cast.toivo), by=cast.toivo, now=cast.now)
    for number in range(30):
        someone = User.objects.create_user(sign_in_name=f"calm-stone-{number}")
        member = membership.admit(user=someone, group=group, by=cast.salla, now=cast.now)
        membership.leave(membership=member, by=cast.salla, now=cast.now)

    everybody = Membership.objects.filter(group=group).values_list("pk", flat=True)
    assert len(everybody) > 30
    assert len({mark_of(member) for member in everybody}) == len(everybody)


def test_with_every_mark_given_a_member_still_comes_in() -> None:
    every = [UUID(int=number) for number in range(256)]
    assert len({mark_of(one) for one in every}) == 64
    assert id_with_free_mark(every)
    assert mark_of(id_with_free_mark(one for one in every if mark_of(one) != Mark(3, 5))) == Mark(3, 5)
