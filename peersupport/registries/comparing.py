"""Compares the registries with the application: what is not listed, and what is listed and gone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from peersupport.registries import outside, reading, routes
from peersupport.vault.fields import SealedTextField

HERE = Path(__file__).parent


def table_of(model: type[models.Model]) -> str:
    """The table's name as the registries write it: without quotes, with its schema if it is not public."""
    return model._meta.db_table.replace('"', "")


def tables() -> dict[str, type[models.Model]]:
    """Every table of the application, those of third parties and of many-to-many relations included."""
    return {
        table_of(model): model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
    }


def problems() -> list[str]:
    """Everything that would fail the build, in words."""
    return [*_columns(), *_retention(), *_routes(), *reading.problems(reading.sources())]


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _columns() -> Iterator[str]:
    listed = _read("columns.toml")
    known = tables()
    for table in sorted(listed.keys() - known.keys()):
        yield f"columns.toml lists {table}, which does not exist."
    for table, model in sorted(known.items()):
        entry = listed.get(table)
        if entry is None:
            names = ", ".join(f'"{field.column}"' for field in model._meta.local_concrete_fields)
            yield f"columns.toml lacks the table {table}: {names}"
            continue
        yield from _columns_of(table, model, entry)


def _columns_of(table: str, model: type[models.Model], entry: dict[str, Any]) -> Iterator[str]:
    kinds = {column: kind for kind in ("sealed", "hashed", "plain") for column in entry.get(kind, [])}
    fields = {str(field.column): field for field in model._meta.local_concrete_fields}
    for column in sorted(fields.keys() - kinds.keys()):
        yield f"columns.toml: {table}.{column} is not listed."
    for column in sorted(kinds.keys() - fields.keys()):
        yield f"columns.toml: {table}.{column} does not exist."
    for column, field in fields.items():
        if isinstance(field, SealedTextField) and kinds.get(column) != "sealed":
            yield f"columns.toml: {table}.{column} is sealed and listed as {kinds.get(column)}."
        by_hand = column in entry.get("sealed_by_hand", [])
        if kinds.get(column) == "sealed" and not isinstance(field, SealedTextField) and not by_hand:
            yield f"columns.toml: {table}.{column} is listed as sealed and is not."
    if entry.get("plain") and not entry.get("why"):
        yield f"columns.toml: {table} has plain columns without a reason."


def _retention() -> Iterator[str]:
    listed = _read("retention.toml")
    known = tables()
    for table in sorted(listed.keys() - known.keys()):
        yield f"retention.toml lists {table}, which does not exist."
    for table in sorted(known.keys() - listed.keys()):
        yield f"retention.toml lacks {table}."
    for table, entry in sorted(listed.items()):
        if not entry.get("rule") or not entry.get("by"):
            yield f"retention.toml: {table} needs a rule and by whom it is carried out."


def view_names() -> dict[str, str]:
    """Every named address: "namespace:name" → its pattern. An unnamed one appears as its pattern."""
    return dict(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, path)
        else:
            yield (f"{namespace}{pattern.name}" if pattern.name else path), path


def _routes() -> Iterator[str]:
    listed = routes.rules()
    known = view_names() | outside.names()
    for name in sorted(known.keys() - listed.keys()):
        yield f"routes.toml lacks {name} ({known[name]})."
    for name in sorted(listed.keys() - known.keys()):
        yield f"routes.toml lists {name}, which does not exist."
