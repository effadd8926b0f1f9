"""What a parent writes beside the number that says how she is: looked over like a message."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from peersupport.audit.models import Entry
from peersupport.chat import private_words
from peersupport.chat.models import CheckIn, Signal
from tests.chat.conftest import Evening
from tests.chat.reader import Reader
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db(transaction=True)

HARD = "I do not want to live any more."


@pytest.mark.check(59)
async def test_hard_words_tell_the_facilitators_and_put_her_first_and_nobody_else_hears(
    open_evening: Evening,
) -> None:
    maija, aino, berit = [await open_evening.comes(name) for name in ("maija", "aino", "berit")]
    assert (await berit.send("checkin", value=1, note="A long day."))["ok"]
    assert (await aino.send("checkin", value=6, note=HARD))["ok"]
    alert = await maija.pushed("alert", lambda frame: frame["signals"])
    (signal,) = alert["signals"]
    assert (signal["by"]["name"], signal["kind"], signal["level"]) == ("Willow", "own_life", "urgent")
    assert signal["source"] == "check_in"
    frame = await maija.pushed("checkins", lambda one: len(one["people"]) == 2)
    assert [person["by"]["name"] for person in frame["people"]] == ["Willow", "Rowan"]
    assert frame["people"][0]["values"][0]["level"] == "urgent"
    assert "level" not in frame["people"][1]["values"][0]
    for parent in (aino, berit):
        assert "urgent" not in str(parent.frames)
    # The order is that of the number given once somebody has turned to her.
    assert (await maija.send("answer", target=signal["id"]))["ok"]
    await maija.until(
        lambda: [one for one in maija.frames if one.get("push") == "alert"][-1]["signals"] == []
    )
    assert await Entry.objects.filter(what="signal.answered").acount() == 1


async def test_personal_details_and_her_own_private_words_are_asked_about_and_never_blocked(
    open_evening: Evening,
) -> None:
    seat = await sync_to_async(open_evening.cast.seat)(open_evening.cast.aino)
    await sync_to_async(private_words.keep)(member=seat, words=["Onni"], by=seat)
    aino = await open_evening.comes("aino")
    for note, kind in (("Ring me, 040 123 4567.", "phone"), ("Onni does not sleep.", "private")):
        refused = await aino.send("checkin", value=4, note=note)
        assert refused["error"]["code"] == "confirm"
        assert [one["kind"] for one in refused["error"]["findings"]] == [kind]
        assert not await CheckIn.objects.filter(member=seat).aexists()
        assert (await aino.send("checkin", value=4, note=note, confirmed=True))["ok"]
        await CheckIn.objects.all().adelete()
    assert not await Signal.objects.aexists()


def test_without_a_script_she_is_asked_beside_the_number_and_nothing_is_lost(
    open_evening_room: Evening,
) -> None:
    aino = Reader(open_evening_room, open_evening_room.cast.aino)
    given: dict[str, Any] = {"check_in": "4", "check_in_note": "Mail me: a@example.org", "body": "A draft"}
    page = unescape(aino.presses("checkin", **given).content.decode())
    # In what is open above the writing box; there it would be covered on a phone.
    asked = "an e-mail address. The facilitators alone would see that."
    assert asked in page.split('data-part="me-said">')[1].split("</p>")[0]
    assert asked not in page.split('id="composer-problem"')[1]
    assert 'value="checkin_confirmed"' in page
    assert "Mail me: a@example.org</textarea>" in page
    assert "A draft</textarea>" in page
    done = unescape(aino.presses("checkin_confirmed", **given).content.decode())
    assert "Thank you. The facilitators have it." in done
    assert CheckIn.objects.get().note == "Mail me: a@example.org"


def test_the_console_shows_numbers_and_hard_words_and_marks_them_as_seen_to(
    open_evening_room: Evening,
) -> None:
    evening = open_evening_room
    Reader(evening, evening.cast.aino).presses("checkin", check_in="6", check_in_note=HARD)
    Reader(evening, evening.cast.berit).presses("post", body="I can't go on like this.")
    maija = staff_browser(evening.cast.maija)
    console = f"/today/room/{evening.room.pk}/"

    def shown() -> str:
        return unescape(maija.get(console).content.decode())

    page = shown()
    hard = page.split('id="hard"')[1].split("</section>")[0]
    assert hard.index("Willow") < hard.index("Rowan")
    covered = hard.split('class="cover"')[1].split("</details>")[0]
    assert HARD in covered
    assert "thoughts of ending one's life" in hard
    assert '<span aria-hidden="true"> / 10</span>' in page
    oskar = staff_browser(evening.cast.oskar)
    for signal in Signal.objects.all():
        act = {"act": "answer_signal", "target": str(signal.pk)}
        maija.post(f"{console}act/", act)
        late = unescape(oskar.post(f"{console}act/", act, follow=True).content.decode())
        assert "Maija has already seen to it." in late
    assert 'id="hard"' not in shown()
    assert not Signal.objects.filter(answered_at=None).exists()
