"""Nothing a glance or a browser's history shows says what the site is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.utils import get_app_template_dirs
from django.urls import URLPattern, URLResolver, get_resolver

from peersupport.groups.neutral import telling
from peersupport.registries.environment import listed

CHECKOUT = Path(__file__).resolve().parents[2]
TITLE = re.compile(r"{%\s*block (?:title|what|head_title)\s*%}(.*?){%\s*endblock", re.DOTALL)
# Machines read these; no browser shows them.
NOT_SHOWN = ("api/", "ws/", "static/")


def addresses(patterns: list[URLPattern | URLResolver], start: str = "") -> Iterator[str]:
    for each in patterns:
        path = start + re.sub(r"<[^>]*>|\(\?P<[^)]*\)|\\.", "", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, path)
        else:
            yield path


def own_templates() -> list[Path]:
    engine: dict[str, Any] = dict(settings.TEMPLATES[0])
    roots = [*engine["DIRS"], *get_app_template_dirs("templates")]
    return [path for root in map(Path, roots) if CHECKOUT in root.parents for path in root.rglob("*.html")]


def test_the_list_catches_what_it_is_for() -> None:
    assert telling("/parents/support-group/") == ["group", "parents", "support"]
    assert telling("Responding after abuse") == ["abuse"]
    assert telling("Welcome – Family guide") == []


@pytest.mark.check(49)
def test_no_page_address_is_telling() -> None:
    paths = [path for path in addresses(get_resolver().url_patterns) if ".venv" not in path]
    shown = [path for path in paths if not path.startswith(NOT_SHOWN)]
    assert "privacy/" in shown
    assert {path: telling(path) for path in shown if telling(path)} == {}


@pytest.mark.check(49)
def test_no_title_is_telling() -> None:
    titles = {
        f"{path.relative_to(CHECKOUT)}: {title.strip()}": telling(
            re.sub(r"{%\s*(?:block)?translate|{[%{].*?[%}]}", "", title)
        )
        for path in own_templates()
        for title in TITLE.findall(path.read_text(encoding="utf-8"))
    }
    assert len(titles) > 5
    assert {title: found for title, found in titles.items() if found} == {}


@pytest.mark.check(49)
def test_the_default_name_and_sender_are_not_telling() -> None:
    for name in ("PEERSUPPORT_SITE_NAME", "PEERSUPPORT_MAIL_FROM", "PEERSUPPORT_LEAVE_URL"):
        assert telling(listed()[name]["default"]) == []


@pytest.mark.check(49)
def test_no_icon_and_no_guide_has_a_telling_name() -> None:
    images = [path.name for path in CHECKOUT.rglob("static/**/*") if path.suffix in {".svg", ".png", ".ico"}]
    guides = [path.name for path in Path(settings.GUIDES_DIR).glob("*/*") if path.is_dir()]
    assert "icon.svg" in images
    assert {name: telling(name) for name in images + guides if telling(name)} == {}
