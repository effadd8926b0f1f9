"""Every setting is listed, read somewhere and only through the registry, and documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from peersupport.registries import comparing, environment, reading
from peersupport.registries.settings_page import rendered

KINDS = {"text", "flag", "number", "list", "secret", "url"}


def test_the_page_of_settings_says_what_the_registry_says() -> None:
    page = Path(settings.BASE_DIR, "docs/settings.md").read_text(encoding="utf-8")
    assert page == rendered(), "run: python manage.py settings_page --write"


def test_a_setting_that_nothing_reads_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**environment.listed(), "PEERSUPPORT_OLD_DOOR": {"kind": "text", "text": "Nothing."}}
    monkeypatch.setattr(environment, "listed", lambda: more)
    assert comparing.problems() == ["settings.toml lists PEERSUPPORT_OLD_DOOR, which nothing reads."]


def test_the_check_names_what_is_read_unlisted_or_past_the_registry(
    one_more: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = [*reading.sources(), one_more]
    monkeypatch.setattr(reading, "sources", lambda: everything)
    one_more.write_text('DOOR, PORT = read("PEERSUPPORT_NEW_DOOR"), os.environ["PORT"]')
    assert comparing.problems() == [
        f"settings.toml: {one_more} reads 'PORT' from the environment itself.",
        "settings.toml lacks PEERSUPPORT_NEW_DOOR, which is read.",
    ]


@pytest.mark.parametrize("how", ["read_flag({})", "environment.read_number(\n    {}\n)", "read_list({})"])
def test_every_way_to_read_an_unlisted_setting_is_seen(one_more: Path, how: str) -> None:
    one_more.write_text(how.format('"PEERSUPPORT_NEW_DOOR"'))
    assert said_of(one_more) == ["settings.toml lacks PEERSUPPORT_NEW_DOOR, which is read."]


@pytest.mark.parametrize("name", ["'PORT'", "name"])
@pytest.mark.parametrize(
    "how", ["os.environ.get({})", "os.getenv({}, '')", "environ.get(\n    {},\n)", "os.environ.pop({})"]
)
def test_every_way_past_the_registry_is_seen(one_more: Path, how: str, name: str) -> None:
    one_more.write_text(how.format(name))
    assert said_of(one_more) == [f"settings.toml: {one_more} reads {name} from the environment itself."]


@pytest.mark.parametrize("line", ["os.environ.get('PATH')", "{**os.environ}", "answers.get('PORT')"])
def test_what_is_no_setting_of_ours_is_let_be(one_more: Path, line: str) -> None:
    one_more.write_text(line)
    assert said_of(one_more) == []


@pytest.fixture
def one_more(tmp_path: Path) -> Path:
    """A file that could belong to the application."""
    return tmp_path / "door.py"


def said_of(file: Path) -> list[str]:
    """What is wrong with this file alone; the settings that others read are not its business."""
    return [one for one in reading.problems([file]) if not one.endswith("which nothing reads.")]


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
