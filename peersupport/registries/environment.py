"""Reads settings from the environment, and only those that the registry lists."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

REGISTRY = Path(__file__).with_name("settings.toml")


@cache
def listed() -> dict[str, dict[str, str]]:
    """Every setting of the registry: name → kind, default (may be missing) and text."""
    return tomllib.loads(REGISTRY.read_text(encoding="utf-8"))


def read(name: str) -> str:
    """The value of a setting, its default, or an empty string. KeyError for a name that is not listed."""
    entry = listed()[name]
    return os.environ.get(name, "").strip() or entry.get("default", "")


def read_flag(name: str) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off and empty; an error for anything else."""
    value = read(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def read_number(name: str) -> int:
    """A whole number; an error that names the setting otherwise."""
    value = read(name)
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def read_list(name: str) -> list[str]:
    """Values separated by commas, without empty ones."""
    return [part.strip() for part in read(name).split(",") if part.strip()]
