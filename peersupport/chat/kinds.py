"""What the kinds of rooms have in common with the group's room, and what makes no sense in them."""

from __future__ import annotations

from peersupport.chat.models import Room

# A line and the back-channel are always open, and nowhere but in the group's room does anything wait.
_ACTS_OF: dict[str, frozenset[str]] = {
    Room.Kind.SIDE: frozenset({"retract", "report", "answer", "close"}),
    Room.Kind.LINE: frozenset({"retract", "report", "answer"}),
    Room.Kind.TEAM: frozenset({"retract"}),
}


def has_act(kind: str, command: str) -> bool:
    """Whether one of the rarer commands can be given in a room of this kind; who may is another question."""
    acts = _ACTS_OF.get(kind)
    return acts is None or command in acts
