"""What somebody may do changes while she is in the room: with her sign-in she comes back, without it not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from django.utils import timezone

from peersupport.accounts import resetting, staffing
from peersupport.accounts.models import StaffRole, User
from peersupport.chat import marking
from peersupport.chat.models import ReadMark
from peersupport.demo.cast import PASSWORD
from peersupport.groups import membership
from peersupport.groups.models import Membership, SupportGroup
from tests.accounts.doors import sign_in
from tests.chat.conftest import Evening
from tests.chat.houses import seat
from tests.chat.saying import at_the_door
from tests.chat.talking import cookie_of
from tests.chat.test_handshakes import ends
from tests.conftest import SecureClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(33)]

NEW = "four other calm words"


@pytest.fixture
def salla(open_evening_room: Evening) -> User:
    """The coordinator."""
    return open_evening_room.cast.salla


@pytest.fixture
def birch(open_evening_room: Evening) -> SupportGroup:
    """Another group of Maija's organisation."""
    return open_evening_room.cast.birch


@pytest.fixture
def laptop(open_evening_room: Evening) -> Client:
    """Aino has signed in on her laptop and on her phone."""
    browser = sign_in(open_evening_room.cast.aino)
    open_evening_room.cookies["laptop"] = cookie(browser)
    open_evening_room.cookies["phone"] = cookie_of(open_evening_room.cast.aino)
    return browser


def cookie(browser: Client) -> str:
    """The session's cookie, as a header."""
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


async def test_a_facilitator_who_is_seated_in_another_group_stays_in_this_room(
    salla: User, birch: SupportGroup, open_evening: Evening
) -> None:
    cast = open_evening.cast
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")

    def seated() -> Membership:
        return membership.admit(
            user=cast.maija, group=birch, by=salla, role=Membership.Role.FACILITATOR, now=timezone.now()
        )

    other = await sync_to_async(seated)()
    # Not 4401, after which a client never comes back.
    await ends(maija, 1012, "restart")
    again = await open_evening.comes("maija")
    assert (await again.post("I am still with you."))["ok"]
    await oskar.hears(body="I am still with you.")
    await sync_to_async(membership.leave)(membership=other, by=salla, now=timezone.now())
    await ends(again, 1012, "restart")
    assert (await open_evening.comes("maija")).hello["ok"]


async def test_a_new_password_brings_the_browser_that_set_it_back_and_signs_the_others_out(
    laptop: Client, open_evening: Evening
) -> None:
    here, elsewhere = await open_evening.comes("laptop"), await open_evening.comes("phone")

    def changed() -> str:
        fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        assert laptop.post("/account/password/", fields).status_code == 302
        # The next page is written while the room looks: what the session was before must not be lost by it.
        assert laptop.get("/my/account/").status_code == 200
        return cookie(laptop)

    before = open_evening.cookies["laptop"]
    open_evening.cookies["laptop"] = await sync_to_async(changed)()
    assert open_evening.cookies["laptop"] != before
    await asyncio.gather(ends(here, 1012, "restart"), ends(elsewhere, 4401, "signed_out"))
    assert (await (await open_evening.comes("laptop")).post("back again"))["ok"]


def signs_out(browser: Client, evening: Evening) -> None:
    """She presses the button."""
    assert browser.post("/account/logout/").status_code == 302


def resets_the_password(browser: Client, evening: Evening) -> None:
    """Somebody opens the link that came by mail in a browser that is not signed in, and sets a password."""
    visitor = SecureClient()
    page = visitor.get(resetting.reset_path(evening.cast.aino), follow=True)
    form = page.redirect_chain[-1][0]
    done = visitor.post(form, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your new password holds" in done.content.decode()


@pytest.mark.parametrize("act", [signs_out, resets_the_password])
async def test_whose_sign_in_ended_is_told_so_within_five_seconds(
    act: Callable[[Client, Evening], None], laptop: Client, open_evening: Evening
) -> None:
    aino = await open_evening.comes("laptop")
    await sync_to_async(act)(laptop, open_evening)
    await ends(aino, 4401, "signed_out")


async def test_a_facilitator_whose_role_is_taken_is_signed_out_of_the_room(
    salla: User, open_evening: Evening
) -> None:
    cast = open_evening.cast
    maija = await open_evening.comes("maija")
    await sync_to_async(staffing.take_role)(of=cast.maija, role=StaffRole.Role.FACILITATOR, by=salla)
    await ends(maija, 4401, "signed_out")
    with pytest.raises(Exception, match="403"):
        await open_evening.comes("maija")


# Between a change and the look at it


async def test_without_the_organisations_role_no_command_of_an_open_socket_is_carried_out(
    open_evening: Evening,
) -> None:
    """Nothing but the row is gone, so that nothing closes the socket before she writes."""
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    assert (await maija.send("round"))["ok"]
    assert (await maija.post("as a facilitator"))["ok"]
    await StaffRole.objects.filter(user=open_evening.cast.maija).adelete()
    assert (await maija.post("as one still"))["error"]["code"] == "not_allowed"
    # It is Aino's turn, and only a facilitator says for her that she is still writing.
    assert (await maija.send("wait"))["error"]["code"] == "not_allowed"
    assert (await aino.send("wait"))["ok"]
    assert (await aino.post("I am here."))["ok"]
    # Her own words reach her beside the answer, not before it.
    await aino.hears(body="I am here.")
    assert aino.bodies == ["as a facilitator", "I am here."]


async def test_who_has_left_a_moment_ago_marks_nothing_as_read(salla: User, open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    assert (await aino.post("one"))["ok"]
    assert (await aino.post("two"))["ok"]
    entry = await at_the_door(open_evening, "aino")
    await marking.mark(entry, seq=1)
    left = await sync_to_async(seat)(open_evening, "aino")
    await sync_to_async(membership.leave)(membership=left, by=salla, now=timezone.now())
    await marking.mark(entry, seq=2)
    assert (await ReadMark.objects.aget(member=left)).seq == 1
