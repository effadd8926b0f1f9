"""Days and times as the reader's language writes them, from one pattern."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format, get_format

from peersupport.accounts.hours import on_the_hour
from peersupport.chat.pages.wording import words
from peersupport.registries.languages import APPS

PATTERN = re.compile(r"\|(?:date|time):[\"']([^\"']+)[\"']")
EVENING = datetime(2026, 12, 5, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "english", "finnish", "swedish", "french"),
    [
        ("j F Y", "5 December 2026", "5. joulukuuta 2026", "5 december 2026", "5 décembre 2026"),
        ("l j F", "Saturday 5 December", "lauantai 5. joulukuuta", "lördag 5 december", "samedi 5 décembre"),
        ("D j M", "Sat 5 Dec", "la 5.12.", "lör 5 dec", "sam. 5 déc."),
        ("j M, H:i", "5 Dec, 18:05", "5.12. klo 18.05", "5 dec kl. 18:05", "5 déc. à 18\u00a0h\u00a005"),
        ("H:i", "18:05", "18.05", "18:05", "18\u00a0h\u00a005"),
        ("DATE_FORMAT", "5 December 2026", "5. joulukuuta 2026", "5 december 2026", "5 décembre 2026"),
        ("Y-m-d", "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05"),
    ],
)
def test_a_pattern_gives_what_the_language_writes(
    pattern: str, english: str, finnish: str, swedish: str, french: str
) -> None:
    for code, written in (("en", english), ("fi", finnish), ("sv", swedish), ("fr", french)):
        with translation.override(code):
            assert date_format(EVENING, pattern) == written
            assert (
                Template("{{ at|date:pattern }}").render(
                    Context({"at": EVENING, "pattern": pattern}, use_tz=False)
                )
                == written
            )


def test_a_language_without_a_list_of_its_own_still_shows_a_right_day() -> None:
    with translation.override("de"):
        assert date_format(EVENING, "j F Y") == "5 Dezember 2026"


def test_every_day_with_a_time_is_known_to_every_language() -> None:
    """A pattern that templates put together with a comma would stay English in the others."""
    root = Path(settings.BASE_DIR)
    files = [file for app in APPS for file in (root / app).rglob("*.html")]
    asked = {each for file in files for each in PATTERN.findall(file.read_text(encoding="utf-8"))}
    assert {"H:i", "D j M Y, H:i"} <= asked
    for code in ("fi", "sv", "fr"):
        with translation.override(code):
            known = {pattern for pattern in asked if ", " not in pattern or get_format(pattern) != pattern}
        assert known == asked, code


@pytest.mark.parametrize(
    ("code", "hours"),
    [
        ("en", ["00:00", "09:00", "23:00", "24:00"]),
        ("fi", ["00.00", "09.00", "23.00", "24.00"]),
        ("sv", ["00:00", "09:00", "23:00", "24:00"]),
        ("fr", ["00\u00a0h\u00a000", "09\u00a0h\u00a000", "23\u00a0h\u00a000", "24\u00a0h\u00a000"]),
    ],
)
def test_a_safe_hour_is_written_as_a_time_is(code: str, hours: list[str]) -> None:
    with translation.override(code):
        assert [on_the_hour(hour) for hour in (0, 9, 23, 24)] == hours


@pytest.mark.parametrize(
    ("code", "clock"),
    [
        ("en", "{hour}:{minute}"),
        ("fi", "{hour}.{minute}"),
        ("sv", "{hour}:{minute}"),
        ("fr", "{hour}\u00a0h\u00a0{minute}"),
    ],
)
def test_the_scripts_of_a_room_write_a_time_as_the_pages_do(code: str, clock: str) -> None:
    with translation.override(code):
        assert words()["clock"] == clock
