"""Days and times as the reader's language writes them, from one pattern."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format
from pytest_django import Settings

EVENING = datetime(2026, 12, 5, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "english", "finnish", "swedish", "french"),
    [
        ("j F Y", "5 December 2026", "5. joulukuuta 2026", "5 december 2026", "5 décembre 2026"),
        ("l j F", "Saturday 5 December", "lauantai 5. joulukuuta", "lördag 5 december", "samedi 5 décembre"),
        ("D j M", "Sat 5 Dec", "la 5.12.", "lör 5 dec", "sam 5 déc"),
        ("j M, H:i", "5 Dec, 18:05", "5.12. klo 18.05", "5 dec, 18:05", "5 déc, 18:05"),
        ("H:i", "18:05", "18.05", "18:05", "18:05"),
        ("DATE_FORMAT", "5 December 2026", "5. joulukuuta 2026", "5 december 2026", "5 décembre 2026"),
        ("Y-m-d", "2026-12-05", "2026-12-05", "2026-12-05", "2026-12-05"),
    ],
)
def test_a_pattern_gives_what_the_language_writes(
    pattern: str, english: str, finnish: str, swedish: str, french: str, settings: Settings
) -> None:
    # The names of days and months as Django has them.
    settings.LOCALE_PATHS = []
    for code, words in (("en", english), ("fi", finnish), ("sv", swedish), ("fr", french)):
        with translation.override(code):
            assert date_format(EVENING, pattern) == words
            assert (
                Template("{{ at|date:pattern }}").render(
                    Context({"at": EVENING, "pattern": pattern}, use_tz=False)
                )
                == words
            )


def test_a_language_without_a_list_of_its_own_still_shows_a_right_day() -> None:
    with translation.override("de"):
        assert date_format(EVENING, "j F Y") == "5 Dezember 2026"
