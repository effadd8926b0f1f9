"""The rooms of the chat's tests, in which nobody is told to slow down."""

from __future__ import annotations

from pathlib import Path

import pytest

from peersupport.chat.protocol import limiting
from tests import doses
from tests.chat.conftest import evening, open_evening, open_evening_room, people, settled_evening

__all__ = ["evening", "open_evening", "open_evening_room", "people", "settled_evening"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """In short, tests/chat/test_two_servers.py does what this run does."""
    return True if collection_path.name == "test_redis.py" and not doses.share else None


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd comes from one address."""
    for name in ("FRAMES", "POSTS", "RESUMES", "HANDSHAKES"):
        monkeypatch.setattr(limiting, name, (1e9, 1e9))
