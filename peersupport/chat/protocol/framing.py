"""A text as the bytes that stand on the line (RFC 6455, section 5.2): what a server sends is not masked, so
the same bytes serve everybody who gets the text.
"""

from __future__ import annotations

WHOLE_TEXT = 0x81  # final fragment, opcode text


def framed(text: str) -> bytes:
    """One whole text frame."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        return bytes((WHOLE_TEXT, length)) + payload
    if length < 1 << 16:
        return bytes((WHOLE_TEXT, 126)) + length.to_bytes(2, "big") + payload
    return bytes((WHOLE_TEXT, 127)) + length.to_bytes(8, "big") + payload
