"""Sign-in names: two calm words and a number, made by chance, easy to say and to copy by hand."""

from __future__ import annotations

import secrets
import tomllib
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("sign_in_words.toml")


@cache
def words() -> dict[str, list[str]]:
    """The two lists a name is made from: "first" and "second"."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def sign_in_name() -> str:
    """A name such as "quiet-lantern-4820". Whether it is free, the database knows."""
    lists = words()
    first, second = secrets.choice(lists["first"]), secrets.choice(lists["second"])
    return f"{first}-{second}-{secrets.randbelow(9000) + 1000}"
