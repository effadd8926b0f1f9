"""The rooms of the chat's tests, in which nobody is told to slow down."""

from __future__ import annotations

import pytest

from peersupport.chat.protocol import limiting
from tests.chat.conftest import evening, open_evening, open_evening_room, people, settled_evening

__all__ = ["evening", "open_evening", "open_evening_room", "people", "settled_evening"]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd comes from one address."""
    for name in ("FRAMES", "POSTS", "RESUMES", "HANDSHAKES"):
        monkeypatch.setattr(limiting, name, (1e9, 1e9))
