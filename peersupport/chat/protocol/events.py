"""Events as clients see them: one row of the log becomes one JSON object."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from peersupport.chat.moderating.kind_words import sentence

PAGE = 200  # the most events one push carries


@lru_cache(maxsize=2_000)
def written_out(key: UUID) -> str:
    """The id of a room or a person as text: the same few again and again, quicker looked up than written."""
    return str(key)


# Not frozen: one is made for every message, and to freeze it would take as long as to fill it four times.
@dataclass(slots=True)
class LogLine:
    """One event of a room with its text opened; `body` is None where the text is gone. Never changed."""

    seq: int
    at: datetime
    kind: str
    member_id: UUID | None = None
    name: str | None = None
    role: str | None = None
    message_id: UUID | None = None
    reply_to: UUID | None = None
    target: UUID | None = None
    body: str | None = None
    note: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        """The event of the protocol."""
        found: dict[str, Any] = {"seq": self.seq, "at": timestamp(self.at), "kind": self.kind}
        if self.member_id is not None:
            found["by"] = person(self.member_id, self.name, self.role)
        if self.kind == "message":
            # Both JSON writers know UUIDs.
            found |= {
                "id": self.message_id,
                "body": self.body,
                "note": self.note,
                "reply_to": self.reply_to,
            }
        if self.target is not None or self.kind == "pinned":
            found["target"] = self.target
        if self.kind == "removed":
            # Where a template stands for the reason, `template` goes along: clients say it in their language.
            found["reason"] = self.note or sentence("remove", self.facts.get("template", ""))
        return found | self.facts


def person(member_id: UUID, name: str | None, role: str | None) -> dict[str, Any]:
    """A member as others see her: an id of this group alone, the pseudonym, the role."""
    return {"id": f"m_{member_id.hex}", "name": name, "role": role}


@lru_cache(maxsize=256)  # all of a commit have the same
def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def events_frame(lines: list[LogLine], *, head: int) -> str:
    """The push that carries one or many events, encoded once for all who get it."""
    return encode(
        {
            "push": "events",
            "from": lines[0].seq,
            "to": lines[-1].seq,
            "head": max(head, lines[-1].seq),
            "events": [line.wire() for line in lines],
        }
    )


def encode(message: dict[str, Any]) -> str:
    """Compact JSON."""
    return orjson.dumps(message).decode()
