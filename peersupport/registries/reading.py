"""Which settings the code reads, through the registry and past it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from peersupport.registries import environment

PLACES = ("manage.py", "peersupport", "guides", "facilitators", "bin")
READERS = {"read", "read_flag", "read_number", "read_list"}
# What the machine says to every program, and how Django finds its settings: no settings of ours.
NOT_OURS = {"PATH", "DJANGO_SETTINGS_MODULE"}


def sources() -> list[Path]:
    """Every Python file of the application."""
    places = [Path(settings.BASE_DIR, place) for place in PLACES]
    return [file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))]


def problems(files: Iterable[Path]) -> Iterator[str]:
    """What these files read and the registry lacks, what it lists for nothing, and what is read past it."""
    read: set[str] = set()
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        read.update(_read_in(tree))
        # The registry's own reader is where the environment is asked.
        if file != Path(environment.__file__):
            for name in _past_the_registry(tree):
                yield f"settings.toml: {file} reads {name} from the environment itself."
    for name in sorted(read - environment.listed().keys()):
        yield f"settings.toml lacks {name}, which is read."
    for name in sorted(environment.listed().keys() - read):
        yield f"settings.toml lists {name}, which nothing reads."


def _read_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _last_name(node.func) in READERS:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isupper():
                yield name.value


def _past_the_registry(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        asked: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            asked = node.slice if _last_name(node.value) == "environ" else None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            of_environment = node.func.attr in {"get", "pop"} and _last_name(node.func.value) == "environ"
            asked = node.args[0] if of_environment or node.func.attr == "getenv" else None
        if asked is not None and not (isinstance(asked, ast.Constant) and asked.value in NOT_OURS):
            yield ast.unparse(asked)


def _last_name(node: ast.expr) -> str:
    """`environ` of `os.environ` and of `environ`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
