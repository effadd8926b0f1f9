"""Reads what a client sends: JSON into typed commands, or a refusal that says what was wrong."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

import orjson

from peersupport.chat.protocol.errors import Refused

BODY_MOST = 4_000
NOTE_MOST = 120
REASON_MOST = 500
TEMPLATE_MOST = 20
REF_MOST = 36
SEQ_MOST = 2**53  # what a JavaScript client can hold exactly
MINUTES_MOST = 24 * 60
UUID_FORM = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
DIGITS_FORM = re.compile(r"[0-9A-Fa-f]{32}")
# In JSON one of these is six characters: a list of such messages would outgrow every bound.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# NUL, and halves of surrogate pairs.
NEVER_STORED = re.compile("[\x00\ud800-\udfff]")


class Command(NamedTuple):
    """One command: its name, the client's own reference, and its other keys as they came."""

    name: str
    ref: str
    given: dict[str, Any]

    def text(self, key: str, *, most: int, required: bool = True) -> str:
        """A text of at most `most` code points; control characters are left out, white space trimmed.

        Refused("invalid") for NUL and lone surrogates, which no person writes.
        """
        value = self.given.get(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            raise Refused("invalid", field=key)
        # Nearly every text is printable, and needs no closer look.
        if not value.isprintable():
            if not is_storable(value):
                raise Refused("invalid", field=key)
            value = CONTROLS.sub("", value)
        value = value.strip()
        if len(value) > most:
            raise Refused("too_long", field=key, most=most)
        if required and not value:
            raise Refused("empty", field=key)
        return value

    def uuid(self, key: str) -> UUID:
        """A UUID in its usual form."""
        found = self.uuid_or_none(key)
        if found is None:
            raise Refused("invalid", field=key)
        return found

    def uuid_or_none(self, key: str) -> UUID | None:
        """A UUID, or None where the key is missing or null."""
        value = self.given.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) != 36:
            raise Refused("invalid", field=key)
        return _strict_uuid(value, key, form=UUID_FORM)

    def uuids(self, key: str, *, most: int) -> list[UUID]:
        """At most `most` UUIDs; a missing key is none."""
        values = self.given.get(key) or []
        if not isinstance(values, list) or len(values) > most:
            raise Refused("invalid", field=key)
        return [Command(self.name, self.ref, {key: value}).uuid(key) for value in values]

    def number(self, key: str, *, most: int, default: int | None = None) -> int:
        """A whole number from 0 to `most`."""
        value = self.given.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise Refused("invalid", field=key)
        return value

    def flag(self, key: str) -> bool:
        """True or false; a missing key is false."""
        value = self.given.get(key, False)
        if not isinstance(value, bool):
            raise Refused("invalid", field=key)
        return value

    def member(self, key: str = "member") -> UUID:
        """The membership behind a public member id ("m_" and 32 hexadecimal digits)."""
        value = self.given.get(key)
        if not isinstance(value, str) or not value.startswith("m_") or len(value) != 34:
            raise Refused("invalid", field=key)
        return _strict_uuid(value[2:], key, form=DIGITS_FORM)


def parse(frame: str, *, default: str | None = None) -> Command:
    """A command from one text frame; `default` names it where it does not name itself.

    Raises Refused("invalid"), with the reference where that could be read.
    """
    given = _decoded(frame)
    if not isinstance(given, dict):
        raise Refused("invalid")
    ref = given.get("ref", "")
    if not isinstance(ref, str) or len(ref) > REF_MOST or not is_storable(ref):
        raise Refused("invalid", field="ref")
    name = given.get("cmd", default)
    if not isinstance(name, str):
        raise RefusedWithRef(ref, "invalid", field="cmd")
    return Command(name=name, ref=ref, given=given)


class RefusedWithRef(Refused):
    """A refusal that still knows which command it answers."""

    def __init__(self, ref: str, code: str, **more: Any) -> None:
        super().__init__(code, **more)
        self.ref = ref


def is_storable(text: str) -> bool:
    """Whether a text can be kept and sent: no NUL, no half of a surrogate pair."""
    return NEVER_STORED.search(text) is None


def _strict_uuid(value: str, key: str, *, form: re.Pattern[str]) -> UUID:
    # Python reads "{…}", underscores and foreign digits as well; the client would not know its own id again.
    if form.fullmatch(value) is None:
        raise Refused("invalid", field=key)
    return UUID(int=int(value.replace("-", ""), 16))


def _decoded(frame: str) -> object:
    """What a frame says. What the quicker reader refuses, halves of surrogate pairs among it, is read with
    more patience, so that the refusal can say what was wrong and which command it answers.
    """
    try:
        return orjson.loads(frame)
    except orjson.JSONDecodeError:
        try:
            return json.loads(frame, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Refused("invalid") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
