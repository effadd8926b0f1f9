"""What a parent told the coordinator stays with the coordinator."""

from __future__ import annotations

import pytest
from django.test import Client

from peersupport.chat.models import HeldMessage, Report, Room
from peersupport.demo import talking
from peersupport.joining import applying
from peersupport.joining.applying import Given
from peersupport.joining.models import Application
from tests.cast import Cast
from tests.facilitators.conftest import connects, enters

pytestmark = [pytest.mark.django_db, pytest.mark.check(37)]
CANARY = "canary-in-the-intake"


@pytest.fixture
def application(cast: Cast) -> Application:
    """Aino's own application, with words of hers in every field, and her place in Alder."""
    application, _code = applying.begin(now=cast.now)
    told = {"called": f"{CANARY}-name", "in_words": f"{CANARY}-words"}
    application = applying.answer(
        application=application, question="background", given=Given(told=told), now=cast.now
    )
    Application.objects.filter(pk=application.pk).update(user=cast.aino, state="sent", sent_at=cast.now)
    return application


def test_no_page_of_a_facilitator_shows_what_an_applicant_wrote_nor_who_she_is(
    cast: Cast, room: Room, maija: Client, application: Application
) -> None:
    talking.tell("alder", cast.alder, now=cast.now)
    connects(cast, room, cast.maija, cast.aino)
    at_the_desk = enters(cast.salla).get(f"/desk/applications/{application.pk}/").content.decode()
    assert CANARY in at_the_desk, "there must be something to leak"
    seen = _everything_shown(cast, room, maija)
    assert "Willow" in seen
    for person in (cast.aino, cast.berit, cast.chloe, cast.dara, cast.elias, cast.farah):
        for known in (person.email, person.sign_in_name, str(person.pk)):
            assert not known or known not in seen
    assert CANARY not in seen


def _everything_shown(cast: Cast, room: Room, maija: Client) -> str:
    here = f"/today/room/{room.pk}/"
    held, report = HeldMessage.objects.get(), Report.objects.get()
    willow = cast.seat(cast.aino).pk
    asked = {
        "decline": held.message_id,
        "remove": report.target,
        "mute": willow,
        "eject": willow,
        "close": "",
    }
    paths = [
        "/today/",
        here,
        f"{here}beside/",
        *(f"{here}ask/{act}/?target={it}" for act, it in asked.items()),
    ]
    answers = [maija.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    done = maija.post(f"{here}act/", {"act": "pause"}, headers={"X-Part": "1"})
    return "".join(answer.content.decode() for answer in (*answers, done))
