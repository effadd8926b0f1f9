"""Frames as they stand on the line (RFC 6455, section 5.2): what a server sends is not masked, so the same
bytes serve everybody who gets a text; what a client sends is.
"""

from __future__ import annotations

from typing import NamedTuple

try:
    from websockets.speedups import apply_mask
except ImportError:
    # Twelve times slower, and the same.
    from websockets.utils import apply_mask

WHOLE_TEXT = 0x81  # final fragment, opcode text
MASKED = 0x80
HEAD, MASK = 2, 4  # bytes of the shortest head, and of a mask


def framed(text: str) -> bytes:
    """One whole text frame."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        return bytes((WHOLE_TEXT, length)) + payload
    if length < 1 << 16:
        return bytes((WHOLE_TEXT, 126)) + length.to_bytes(2, "big") + payload
    return bytes((WHOLE_TEXT, 127)) + length.to_bytes(8, "big") + payload


class Span(NamedTuple):
    """Where the payload of a frame begins and ends in what has come."""

    begins: int
    ends: int


def span(data: bytes, at: int) -> Span | None:
    """Of the frame that begins at `at`, whether or not all of it is there; None where its head is not."""
    if len(data) < at + HEAD:
        return None
    length, more = data[at + 1] & 0x7F, 0
    if length >= 126:
        more = 2 if length == 126 else 8
        if len(data) < at + HEAD + more:
            return None
        length = int.from_bytes(data[at + HEAD : at + HEAD + more], "big")
    begins = at + HEAD + more + (MASK if data[at + 1] & MASKED else 0)
    return Span(begins, begins + length)


def whole_text(data: bytes, at: int, payload: Span) -> bytes | None:
    """The unmasked payload where the frame is a client's whole text, in UTF-8 or not; None for any other."""
    if data[at] != WHOLE_TEXT or not data[at + 1] & MASKED:
        return None
    begins = payload.begins
    return apply_mask(data[begins : payload.ends], data[begins - MASK : begins])
