"""A facilitator says herself when she can lead and when she is away."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from peersupport.groups.models import Availability
from tests.cast import Cast
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db


def test_her_times_are_hers_to_mark_and_nobody_elses(cast: Cast) -> None:
    cast.group("alder")
    Availability.objects.all().delete()
    maija, oskar = staff_browser(cast.maija), staff_browser(cast.oskar)
    assert 'href="/today/times/"' in maija.get("/today/").content.decode()
    form = {
        "weekly": "1",
        "weekday": "1",
        "from_time": "17:00",
        "until_time": "20:00",
        "time_zone": "Europe/Helsinki",
    }
    maija.post("/today/times/", form)
    day = cast.now.date() + timedelta(days=3)
    maija.post("/today/times/", {"away": "1", "first": day.isoformat(), "last": day.isoformat()})
    shown = unescape(maija.get("/today/times/").content.decode())
    assert "17:00 – 20:00" in shown
    assert day.strftime("%Y") in shown
    # Another facilitator has a page of her own, and takes nothing out of hers.
    [time], [away] = cast.maija.facilitator.available.all(), cast.maija.facilitator.away.all()
    assert "17:00 – 20:00" not in unescape(oskar.get("/today/times/").content.decode())
    oskar.post("/today/times/", {"no_weekly": str(time.pk)})
    oskar.post("/today/times/", {"no_away": str(away.pk)})
    assert (cast.maija.facilitator.available.count(), cast.maija.facilitator.away.count()) == (1, 1)
    assert browser(cast.aino).get("/today/times/").status_code == 404
    maija.post("/today/times/", {"no_weekly": str(time.pk)})
    assert cast.maija.facilitator.available.count() == 0
