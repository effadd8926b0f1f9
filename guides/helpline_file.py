"""``helplines.json`` as it stands on disk, and what is wrong with it. Only ``helplines.py`` and the commands
read it: most of what an entry holds is for those who collect the data, and for nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from guides import opening
from guides.needs import NEEDS, REGIONS

SHIPPED = Path(__file__).with_name("content") / "helplines.json"
Entry = Mapping[str, Any]

CONFIDENCE = ("seen", "not seen")
TEXT, OPTIONAL, LIST = (str,), (str, type(None)), (list,)
FIELDS: Mapping[str, tuple[type, ...]] = {
    "name": TEXT,
    "for": LIST,
    "phone": OPTIONAL,
    "web": OPTIONAL,
    "chat": OPTIONAL,
    "languages": LIST,
    "hours": OPTIONAL,
    "cost": OPTIONAL,
    "source": OPTIONAL,
    "confidence": TEXT,
    "confidence_detail": OPTIONAL,
    "editor_note": OPTIONAL,
    "verified_by_ngo": OPTIONAL,
    "last_checked": OPTIONAL,
    "number_seen_in": (int, type(None)),
}
NEEDED = (
    "name",
    "for",
    "phone",
    "web",
    "chat",
    "languages",
    "hours",
    "cost",
    "confidence",
    "verified_by_ngo",
)
ALLOWED = {*FIELDS, "opening"}


def where() -> Path:
    """The organisation's own file beside its ``sources.yaml``, or the one that ships."""
    own: Path = settings.GUIDES_DIR / "helplines.json"
    return own if own.is_file() else SHIPPED


def entries() -> Mapping[str, list[Entry]]:
    """The entries of each country, in the order of the file. Read again when the file has changed."""
    path = where()
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Mapping[str, list[Entry]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    return {code: each for code, each in data.items() if not code.startswith("_")}


def problems(today: date) -> Iterator[str]:
    """What is wrong with the file, in a line each, with country, place in the list and name."""
    try:
        data = json.loads(where().read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        yield f"line {error.lineno}: no JSON: {error.msg}"
        return
    if not isinstance(data, dict):
        yield "the file is a mapping from country to a list of lines"
        return
    for code, listed in data.items():
        if code.startswith("_"):
            continue
        if not (re.fullmatch("[a-z]{2}", code) or code in REGIONS):
            yield f"{code}: a country is two small letters, or one of {', '.join(REGIONS)}"
        if not isinstance(listed, list):
            yield f"{code}: expected a list of lines"
            continue
        for number, entry in enumerate(listed, 1):
            called = entry.get("name", "") if isinstance(entry, dict) else ""
            yield from (f"{code} {number} {called}: {text}" for text in _wrong(entry, today))


def _wrong(entry: Any, today: date) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "expected a line with name, for, phone …"
        return
    yield from (f"{name} is missing" for name in NEEDED if name not in entry)
    yield from (f"{name} is not a known field" for name in sorted(entry.keys() - ALLOWED))
    mistyped = [name for name in FIELDS if name in entry and not isinstance(entry[name], FIELDS[name])]
    yield from (f"{name} has the wrong type" for name in mistyped)
    if not mistyped and all(name in entry for name in NEEDED):
        yield from _wrong_values(entry, today)


def _wrong_values(entry: Entry, today: date) -> Iterator[str]:
    if not entry["name"].strip():
        yield "name is empty"
    if not entry["for"]:
        yield "for is empty"
    unknown = [str(need) for need in entry["for"] if need not in NEEDS]
    yield from (f"for: {need} is none of {', '.join(NEEDS)}" for need in unknown)
    if not all(isinstance(language, str) for language in entry["languages"]):
        yield "languages is a list of texts"
    if entry["confidence"] not in CONFIDENCE:
        yield f"confidence is one of {', '.join(CONFIDENCE)}"
    yield from _wrong_day(entry["verified_by_ngo"], today)
    if "opening" in entry:
        try:
            opening.read(entry["opening"])
        except opening.NotUnderstood as why:
            yield f"opening: {why}"


def _wrong_day(verified: str | None, today: date) -> Iterator[str]:
    if verified is None:
        return
    try:
        day = date.fromisoformat(verified)
    except ValueError:
        yield f"verified_by_ngo: {verified!r} is no day (YYYY-MM-DD)"
        return
    if day > today:
        yield f"verified_by_ngo: {verified} is still to come"
