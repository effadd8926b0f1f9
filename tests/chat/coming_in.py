"""People who open the page of the evening's room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browsing import ServedSite, Visitors
from tests.chat.conftest import Evening
from tests.chat.screen import Screen

Enter = Callable[..., Screen]


@pytest.fixture
def enters(site: ServedSite, visitors: Visitors, open_evening_room: Evening) -> Enter:
    """Somebody of the cast opens the room, which stands open."""

    def enter(name: str, **how: object) -> Screen:
        user = getattr(open_evening_room.cast, name)
        return Screen(visitors.enter(user, **how), site, open_evening_room).opens()  # type: ignore[arg-type]  # passed on

    return enter
