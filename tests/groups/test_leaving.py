"""A parent leaves by herself: no reason, a goodbye if she likes, and the others learn no more."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from peersupport.accounts import erasing
from peersupport.accounts.models import Mail
from peersupport.audit.models import Entry
from peersupport.chat.models import Ejection
from peersupport.chat.moderating.ejecting import undo_eject
from peersupport.groups import feeds, notices
from peersupport.groups.access import feed_behind
from peersupport.groups.models import Goodbye, Membership
from peersupport.groups.signals import access_changed
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.groups.test_notices import reachable
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db
WORDS = "Thank you all. I carry you with me."


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_she_leaves_in_one_page_and_everything_of_hers_ends(
    cast: Cast, settings: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.DEMO = True
    seat, client, home = cast.seat(cast.toivo), browser(cast.toivo), f"/my/{cast.birch.slug}/"
    reachable(cast.toivo)
    meeting = cast.meeting(cast.birch, 1)
    notices.remind(meetings=[meeting], now=meeting.starts_at - timedelta(days=3))
    token = feeds.make(member=seat, by=seat, now=cast.now)
    told: list[Membership] = []
    access_changed.connect(hears := lambda membership, **_: told.append(membership), weak=False)
    assert f"{home}leave/" in text(client, home)
    assert "nobody asks why" in text(client, f"{home}leave/")
    cast.toivo.refresh_from_db()
    version = cast.toivo.access_version
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{home}leave/", {"words": ""}, follow=True)
    access_changed.disconnect(hears)
    assert "You have left." in unescape(answer.content.decode())
    seat.refresh_from_db()
    cast.toivo.refresh_from_db()
    assert (seat.state, cast.toivo.access_version) == ("left", version + 1)
    # What closes sockets, in this process and in others.
    assert told == [seat]
    assert client.get(home).status_code == 404
    assert client.post(f"{home}leave/", {"words": WORDS}).status_code == 302, "a second tap is no error"
    assert feed_behind(token) is None
    do_due(duties["mail"], now=meeting.starts_at - timedelta(hours=1), most=500)
    assert set(Mail.objects.filter(member=seat.pk).values_list("state", "why")) == {
        ("skipped", "no longer a member")
    }
    assert not Goodbye.objects.exists()
    entry = Entry.objects.filter(what="membership.left").latest("at")
    assert entry.facts == {"group": str(cast.birch.pk)}, "no reason stands anywhere"
    assert seat.pseudonym not in text(browser(cast.noor), home)


def test_whose_place_is_suspended_may_leave_and_is_not_let_back_in_by_who_decides_later(cast: Cast) -> None:
    seat, client, home = cast.seat(cast.toivo), browser(cast.toivo), f"/my/{cast.birch.slug}/"
    seat.state = Membership.State.SUSPENDED
    seat.save()
    put_out = Ejection.objects.create(member=seat, by=cast.ruben.pk, at=cast.now)
    assert f"{home}leave/" in text(client, "/my/")
    page = text(client, f"{home}leave/")
    assert "nobody asks why" in page
    # Nothing else is open to her: neither the page of the group, nor words to it.
    assert 'name="words"' not in page
    assert f'href="{home}"' not in page
    for path in (home, f"{home}days/"):
        assert client.get(path)["Location"] == "/my/"
    assert client.post(f"{home}days/", {}).status_code == 404
    answer = client.post(f"{home}leave/", {"words": WORDS}, follow=True)
    assert "You have left." in unescape(answer.content.decode())
    assert not Goodbye.objects.exists()
    undo_eject(put_out, by=cast.salla)
    seat.refresh_from_db()
    assert seat.state == "left"
    assert Entry.objects.filter(what="membership.left").get().actor == cast.toivo.pk


def test_a_goodbye_is_read_by_the_facilitators_first_and_shown_when_they_say_so(cast: Cast) -> None:
    home = f"/my/{cast.alder.slug}/"
    for user in (cast.aino, cast.berit, cast.chloe):
        browser(user).post(f"{home}leave/", {"words": f"{WORDS} {user.pk}"})
    willow, rowan, heron = (
        Membership.objects.get(user=user, group=cast.alder) for user in (cast.aino, cast.berit, cast.chloe)
    )
    dara, maija, ruben = browser(cast.dara), staff_browser(cast.maija), staff_browser(cast.ruben)
    assert WORDS not in text(dara, home)
    assert "Willow has left and says goodbye" in text(maija, "/today/")
    assert WORDS not in text(maija, "/today/")
    address = f"/today/notes/{willow.pk}/"
    assert WORDS in text(maija, address)
    assert ruben.get(address).status_code == dara.get(address).status_code == 404
    assert ruben.post(address, {"now": "1"}).status_code == 404
    maija.post(address, {"now": "1"})
    maija.post(f"/today/notes/{rowan.pk}/", {"next": "1"})
    maija.post(f"/today/notes/{heron.pk}/", {"keep": "1"})
    # Another who decides differently comes too late.
    staff_browser(cast.oskar).post(f"/today/notes/{heron.pk}/", {"now": "1"})
    page = text(dara, home)
    assert "Willow, who has left" in page
    assert str(cast.aino.pk) in page
    assert str(cast.chloe.pk) not in page
    shown = Goodbye.objects.get(member=rowan).shown_from
    assert shown is not None
    # A meeting is on: the next chance is now.
    assert abs(shown - timezone.now()) < timedelta(minutes=1)
    erasing.erase(user=cast.aino, by=None, now=cast.now)
    assert str(cast.aino.pk) not in text(dara, home)


def test_what_is_too_long_is_not_lost_and_who_leads_does_not_leave_here(cast: Cast) -> None:
    address = f"/my/{cast.alder.slug}/leave/"
    answer = browser(cast.aino).post(address, {"words": "x" * 1001})
    assert answer.status_code == 400
    assert "x" * 1001 in answer.content.decode()
    assert cast.seat(cast.aino).state == "active"
    assert staff_browser(cast.maija).post(address, {"words": ""}).status_code == 404
    assert browser(cast.toivo).post(address, {"words": ""}).status_code == 404
