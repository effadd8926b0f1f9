"""docs/settings.md, made from the settings registry so that it cannot drift from it."""

from __future__ import annotations

from peersupport.registries.environment import listed

HEAD = """\
# Settings

Every setting is an environment variable. The application reads no other: a name that is not listed here is an
error in the code. This page is made from `peersupport/registries/settings.toml` by
`python manage.py settings_page --write`, and a test compares the two.

A *flag* is `1` or `0`, a *list* is separated by commas, a *secret* belongs into no file that others can read.
"""


def rendered() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(_entry(name, entry) for name, entry in listed().items())])


def _entry(name: str, entry: dict[str, str]) -> str:
    default = entry.get("default")
    given = f"default `{default}`" if default else "empty by default"
    return f"## `{name}`\n\n*{entry['kind']}, {given}.* {entry['text']}\n"
