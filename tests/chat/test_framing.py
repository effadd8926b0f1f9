"""What is written past the server's own way is, byte for byte, what that way would have written."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from peersupport.chat.protocol.framing import framed


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 300_000])
def test_a_frame_is_what_the_library_makes_of_the_text(length: int) -> None:
    text = "ä" * (length // 2) + "x" * (length % 2)
    assert framed(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
