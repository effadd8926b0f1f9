"""Who may use which page: the routes registry, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTRY = Path(__file__).with_name("routes.toml")
WHO = frozenset(
    {"anyone", "applicant", "signed_in", "member", "facilitator", "coordinator", "editor", "demo"}
)

CACHES = frozenset({"private", "public", "strangers", "own copy"})


@dataclass(frozen=True)
class RouteRule:
    """One address: who may use it, by which methods, whether a copy may be kept."""

    who: str
    methods: frozenset[str]
    cache: str = "private"
    why: str = ""


@cache
def rules() -> dict[str, RouteRule]:
    """Every rule by its view name ("groups:group"), or by its path for what has no view (outside.py).

    ValueError for a word that is not known.
    """
    found = {}
    for name, entry in tomllib.loads(REGISTRY.read_text(encoding="utf-8")).items():
        rule = RouteRule(
            who=entry["who"],
            methods=frozenset(entry["methods"]),
            cache=entry.get("cache", "private"),
            why=entry.get("why", ""),
        )
        if rule.who not in WHO or rule.cache not in CACHES:
            raise ValueError(f"routes.toml: {name} has an unknown who or cache.")
        found[name] = rule
    return found


def rule_for(view_name: str) -> RouteRule | None:
    """The rule of a view name, or None where it is not listed."""
    return rules().get(view_name)
