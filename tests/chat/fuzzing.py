"""Frames that no honest client sends, from a seeded generator: the same seed, the same frames."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

from peersupport.chat.consumer import HANDLERS
from peersupport.server import FRAME_BYTES

KEYS = (
    *("id", "body", "note", "reply_to", "confirmed", "target", "reason", "up", "seq", "after", "epoch"),
    *("member", "minutes", "mode", "on", "value", "name", "seconds", "exercise", "told", "template"),
    *("to_all", "others_wait", "end"),
)
# What is never right for any key; a parent's commands with it must all be refused.
WRONG: tuple[Any, ...] = (
    *({}, [], [[]], {"a": 1}, 1e308, -1e308, 0.5, -1, 2**63, 10**400, -(2**70)),
    *("\x00", "a\x00b", "\ud800", "\udfff\ud800", "x" * 5_000, "😀" * 4_001),
    *("\u202e\u2066\x00", "{}", "' OR 1=1 --", "../../etc/passwd", "m_" + "g" * 32, "m_" + "_1" * 16),
)
STRANGE: tuple[Any, ...] = (None, True, False, 0, "", " ", "\u200b\ufeff", "NaN", "null", "-0")
BROKEN = (
    *(
        "",
        " ",
        "{",
        "}",
        "[",
        '{"cmd"',
        '{"cmd":}',
        "nul",
        "NaN",
        "Infinity",
        "-",
        '"',
        "\ufeff{}",
        "[]",
        "1",
    ),
    *('"ping"', "null", "true", "{}", '{"cmd":null}', '{"cmd":[]}', '{"ref":1,"cmd":"ping"}', "\x00"),
    *('{"cmd":"ping","ref":"' + "r" * 37 + '"}', '{"cmd":"ping","ref":"\\ud800"}', '{"x":NaN,"cmd":"ping"}'),
    *(
        '{"cmd":"ping","x":1' + "0" * 5_000 + "}",
        "[" * 20_000,
        '{"a":' * 9_000,
        '{"cmd":"ping"} {}',
        "{'a':1}",
    ),
)
# Commands that a parent may give with nothing, or that leave something behind with little.
HARMLESS = {"ping", "typing", "resume"}


def frames(random: Random, *, target: str, member: str) -> Iterator[str | bytes]:
    """Endless frames for a parent's socket, none of which may be carried out."""
    makers = (_broken, _wrong, _unknown, _cut, _binary)
    while True:
        frame = random.choice(makers)(random, target, member)
        # What is larger ends the connection, which is another test's matter.
        if len(frame) <= FRAME_BYTES:
            yield frame


def _broken(random: Random, target: str, member: str) -> str:
    return random.choice(BROKEN)


def _wrong(random: Random, target: str, member: str) -> str:
    """A command of the protocol in which what it needs is wrong, and anything else may be as well."""
    name = random.choice([name for name in HANDLERS if name not in HARMLESS])
    given = {key: random.choice(WRONG + STRANGE) for key in random.sample(KEYS, random.randint(0, 6))}
    needed = {"post": "id", "read": "seq", "hand": "up", "retract": "target", "report": "target"}
    needed |= {"quiet": "on", "checkin": "value"}
    given[needed.get(name, "target")] = random.choice(WRONG)
    if name not in needed and random.random() < 0.5:
        # A facilitator's command, whole: a parent must not get anywhere with it.
        given |= {"target": target, "member": member, "mode": "hold_all", "minutes": 5, "reason": "because"}
    if random.random() < 0.2:
        name, given = "resume", {"after": random.choice(WRONG), "epoch": random.choice(WRONG)}
    return json.dumps({"cmd": name, "ref": str(random.randint(0, 99)), **given})


def _unknown(random: Random, target: str, member: str) -> str:
    name = random.choice(["", "Post", "post ", "__init__", "_act", "dispatch", "\u202epost", "x" * 9_000])
    return json.dumps({"cmd": name, "ref": "u", "id": str(uuid4()), "body": "x"})


def _cut(random: Random, target: str, member: str) -> str:
    """A right command with a piece missing, or with a piece twice."""
    whole = json.dumps({"cmd": "post", "ref": "c", "id": str(uuid4()), "body": "é👩‍👧", "note": None})
    # Without the closing brace it is no JSON, wherever it is cut.
    return whole[: random.randint(0, len(whole) - 1)] + random.choice(["", "\x00", "\x7f", "{", "]"])


def _binary(random: Random, target: str, member: str) -> bytes:
    return random.randbytes(random.randint(0, 300)) or b'{"cmd":"ping","ref":"1"}'
