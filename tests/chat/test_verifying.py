"""A facilitator is not sure who somebody is: coordinators are asked to make sure, at once."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.models import Escalation
from peersupport.chat.moderating import escalating
from peersupport.groups import tasks
from peersupport.groups.models import Task
from tests.chat.conftest import Evening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.check(30)
async def test_a_doubt_about_who_somebody_is_goes_to_coordinators_at_once_though_facilitators_are_there(
    open_evening: Evening,
) -> None:
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    aino = await open_evening.comes("aino")
    berit = open_evening.public_id("berit")
    refused = await aino.send("verify", member=berit, reason="she writes unlike herself")
    assert refused["error"]["code"] == "not_allowed"
    assert not await Task.objects.aexists()

    for facilitator in (maija, oskar):
        assert (await facilitator.send("verify", member=berit, reason="she writes unlike herself"))["ok"]
    await sync_to_async(waits_for_coordinators)(open_evening)


def waits_for_coordinators(evening: Evening) -> None:
    """One task with Maija's words, and nothing that puts it off."""
    salla, maija, now = evening.cast.salla, evening.cast.maija, timezone.now()
    [task] = Task.objects.all()
    assert (task.what, task.whom, task.about_id) == ("verify", "coordinator", evening.seats["berit"])
    assert (task.asked, task.made_by) == ("she writes unlike herself", maija.pk)
    assert list(tasks.open_for(salla, now=now)) == [task]
    assert escalating.on_duty(evening.room.group_id, now=now), "who would be asked first about a report"
    assert Escalation.objects.get(about=task.pk).due_at <= now
    entry = Entry.objects.get(what="member.to_verify")
    assert (entry.actor, "unlike" in str(entry.facts)) == (maija.pk, False)


async def test_only_a_parent_of_the_group_is_doubted(open_evening: Evening, toivo_is_there: None) -> None:
    maija = await open_evening.comes("maija")
    for name in ("oskar", "toivo"):
        reply = await maija.send("verify", member=open_evening.public_id(name), reason="not her words")
        assert reply["error"]["code"] == "not_allowed", name
    assert not await Task.objects.aexists()
