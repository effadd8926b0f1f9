"""What the API gives to whom: hers alone, in pages, and refusals of one form."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from peersupport.audit.models import Entry
from peersupport.groups.models import Availability, Meeting
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db
TUESDAY = {"weekday": 1, "from_time": "17:00", "until_time": "20:30", "time_zone": "Europe/Helsinki"}


def send(client: Client, path: str, sent: Any) -> Any:
    return client.post(f"/api/v1/{path}", json.dumps(sent), content_type="application/json")


def rows(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.mark.check(31, 37)
def test_she_reads_her_own_groups_and_meetings_and_nobody_in_them(cast: Cast) -> None:
    aino = browser(cast.aino)
    [group] = rows(aino, "my/groups/")
    assert (group["group"], group["pseudonym"], group["role"]) == (cast.alder.slug, "Willow", "parent")
    meetings = rows(aino, "my/meetings/")
    ahead = cast.alder.meetings.filter(ends_at__gt=cast.now).order_by("starts_at")
    assert [one["id"] for one in meetings] == [str(one.pk) for one in ahead]
    assert group["next_at"] == meetings[0]["starts_at"]

    assert rows(browser(cast.toivo), "my/meetings/")[0]["group"] == cast.birch.slug
    text = json.dumps([group, meetings])
    others = cast.alder.memberships.exclude(user=cast.aino).values_list("pseudonym", flat=True)
    assert [name for name in others if name in text] == []
    assert SecureClient().get("/api/v1/my/groups/").status_code == 401
    Meeting.objects.filter(pk=meetings[0]["id"]).update(state="cancelled")
    assert rows(aino, "my/meetings/")[0]["state"] == "cancelled"
    assert rows(aino, "my/groups/")[0]["next_at"] == meetings[1]["starts_at"]


def test_a_facilitator_keeps_her_own_time_and_nobody_elses(cast: Cast) -> None:
    maija, ruben = staff_browser(cast.maija), staff_browser(cast.ruben)
    Availability.objects.all().delete()
    made = [send(maija, "my/times/", TUESDAY) for _twice in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    [row] = rows(maija, "my/times/")
    assert row == {**TUESDAY, "id": row["id"]}
    assert Entry.objects.filter(what="facilitator.time_marked", actor=cast.maija.pk).count() == 1

    address = f"/api/v1/my/times/{row['id']}/"
    foreign, missing = ruben.delete(address), ruben.delete("/api/v1/my/times/987654/")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert rows(maija, "my/times/") == [row]
    assert [maija.delete(address).status_code for _twice in range(2)] == [204, 404]

    away = {"first": cast.later(days=3).date().isoformat(), "last": cast.later(days=9).date().isoformat()}
    assert send(maija, "my/away/", away).status_code == 201
    assert [one["first"] for one in rows(maija, "my/away/")] == [away["first"]]
    for user in (cast.aino, cast.salla):
        assert staff_browser(user).get("/api/v1/my/times/").status_code == 404


def test_what_cannot_be_taken_in_is_refused_in_one_form(cast: Cast) -> None:
    maija = staff_browser(cast.maija)
    wrong: dict[str, list[Any]] = {
        "invalid": [{}, {**TUESDAY, "weekday": 7}, [1], {**TUESDAY, "from_time": "soon"}],
        "impossible": [{**TUESDAY, "until_time": "16:00"}, {**TUESDAY, "time_zone": "Moon/Base"}],
    }
    for code, bodies in wrong.items():
        for sent in bodies:
            answer = send(maija, "my/times/", sent)
            assert answer.status_code == {"invalid": 400, "impossible": 422}[code]
            error = answer.json()["error"]
            assert error["code"] == code
            assert ("fields" in error) == (code == "invalid")
    assert maija.post("/api/v1/my/times/", TUESDAY).json()["error"]["code"] == "media_type"
    assert maija.put("/api/v1/my/times/").json()["error"]["code"] == "method"
    assert maija.get("/api/v1/groups/?size=0").json()["error"]["fields"].keys() == {"size"}
    back = {"first": "2020-01-03", "last": "2020-01-01"}
    assert send(maija, "my/away/", back).status_code == 422


def test_a_page_elsewhere_cannot_write_in_her_name(cast: Cast) -> None:
    careful = SecureClient(enforce_csrf_checks=True)
    careful.cookies = staff_browser(cast.maija).cookies
    assert send(careful, "my/times/", TUESDAY).status_code == 403


@pytest.mark.check(37)
def test_a_coordinator_reads_applications_and_that_is_recorded(cast: Cast) -> None:
    salla = staff_browser(cast.salla)
    one = applicants.waiting(cast.now, by=cast.salla, called="Greta")
    applicants.draft(cast.now, called="Unsent")
    [listed] = rows(salla, "applications/?state=waiting")
    assert listed["id"] == str(one.pk)
    assert "called" not in listed
    whole = salla.get(f"/api/v1/applications/{one.pk}/").json()
    assert (whole["called"], whole["times"]) == ("Greta", ["tue-evening"])
    read = Entry.objects.filter(actor=cast.salla.pk, what__in=["queue.read", "application.read"])
    assert list(read.order_by("pk").values_list("facts", flat=True)) == [
        {"count": 1, "api": True},
        {"api": True},
    ]
    assert salla.get("/api/v1/applications/?state=draft").status_code == 400
    for user in (cast.maija, cast.tuuli):
        assert staff_browser(user).get("/api/v1/applications/").status_code == 404


def test_the_description_is_here_whole_and_needs_nothing_from_elsewhere(client: Client) -> None:
    described = client.get("/api/v1/schema/").json()
    page = client.get("/api/").content.decode()
    assert len(described["paths"]) > 8
    for path in described["paths"]:
        assert path in page
    links = re.findall(r'(?:src|href|action)="([^"]+)"', page)
    assert links
    assert [link for link in links if not link.startswith(("/", "#", "tel:"))] == []
    assert "<script>" not in page
