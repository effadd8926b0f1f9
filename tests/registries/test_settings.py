"""Every setting is listed, read somewhere, and documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from peersupport.registries import environment
from peersupport.registries.settings_page import rendered

CODE = ("peersupport", "guides", "facilitators", "manage.py", "bin")
KINDS = {"text", "flag", "number", "list", "secret", "url"}


def test_the_page_of_settings_says_what_the_registry_says() -> None:
    page = Path(settings.BASE_DIR, "docs/settings.md").read_text(encoding="utf-8")
    assert page == rendered(), "run: python manage.py settings_page --write"


def test_every_listed_setting_is_read_and_no_other() -> None:
    read = set()
    for path in _sources():
        read |= set(re.findall(r"\bread(?:_\w+)?\(\s*\"([A-Z_]+)\"", path.read_text(encoding="utf-8")))
    assert read == set(environment.listed())


def test_nothing_reads_the_environment_past_the_registry() -> None:
    past = re.compile(r"os\.(?:environ\.get|getenv|environ\[)\W*[\"'](?!DJANGO_SETTINGS_MODULE|PATH)")
    found = [path for path in _sources() if path.suffix == ".py" and past.search(path.read_text())]
    assert found == []


def test_a_setting_that_is_not_listed_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        environment.read("PEERSUPPORT_SECRET_DOOR")


@pytest.mark.parametrize("name", environment.listed())
def test_every_entry_is_whole(name: str) -> None:
    entry = environment.listed()[name]
    assert entry["kind"] in KINDS
    assert entry["text"].endswith(".")
    if entry["kind"] == "secret":
        assert "default" not in entry


def test_a_flag_and_a_number_that_are_none_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERSUPPORT_DEMO", "maybe")
    with pytest.raises(ImproperlyConfigured, match="PEERSUPPORT_DEMO must be 1 or 0"):
        environment.read_flag("PEERSUPPORT_DEMO")
    monkeypatch.setenv("PORT", "http")
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number"):
        environment.read_number("PORT")


def _sources() -> list[Path]:
    base = Path(settings.BASE_DIR)
    found: list[Path] = []
    for name in CODE:
        place = base / name
        found += [place] if place.is_file() else list(place.rglob("*.py"))
    return found
