"""Every retention rule is carried out by code that exists."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module

import pytest

from peersupport.registries import comparing

NAMED = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+\b")
RULES = tomllib.loads((comparing.HERE / "retention.toml").read_text(encoding="utf-8"))


def named_in(by: str) -> list[str]:
    """The modules and verbs that a rule names: "chat.tending.erase_group"."""
    return [name for name in NAMED.findall(by) if name != "manage.py"]


def exists(name: str) -> bool:
    """Whether there is such a module or verb in one of our rooms."""
    for full in (f"peersupport.{name}", name):
        module, _dot, verb = full.rpartition(".")
        try:
            import_module(full)
        except ModuleNotFoundError:
            try:
                if callable(getattr(import_module(module), verb, None)):
                    return True
            except ModuleNotFoundError:
                continue
        else:
            return True
    return False


@pytest.mark.check(52)
@pytest.mark.parametrize("table", sorted(RULES))
def test_what_a_rule_names_exists(table: str) -> None:
    assert [name for name in named_in(RULES[table]["by"]) if not exists(name)] == []


def test_a_name_that_is_gone_would_be_noticed() -> None:
    assert named_in("chat.tending.erase_group, accounts.gone: manage.py it") == [
        "chat.tending.erase_group",
        "accounts.gone",
    ]
    assert exists("chat.tending.erase_group")
    assert not exists("chat.tending.no_such_verb")
    assert not exists("accounts.gone")
