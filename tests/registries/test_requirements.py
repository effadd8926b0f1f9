"""Everything that is installed is named where people name it, and pinned once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def test_what_the_site_needs_is_pinned() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {_name(each) for each in named} <= set(_pinned("requirements.txt"))


def test_what_the_tests_need_is_pinned() -> None:
    lines = (ROOT / "tests/requirements.in").read_text(encoding="utf-8").splitlines()
    named = {_name(line) for line in lines if re.match(r"\w", line)}
    assert len(named) > 20
    assert named <= set(_pinned("tests/requirements.txt"))


def test_the_site_and_the_tests_agree_on_what_both_use() -> None:
    site, tests = _pinned("requirements.txt"), _pinned("tests/requirements.txt")
    both = site.keys() & tests.keys()
    assert both
    assert {name: tests[name] for name in both} == {name: site[name] for name in both}


def _pinned(file: str) -> dict[str, str]:
    """Name → version."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return {_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([\w.]+)", text)}


def _name(requirement: str) -> str:
    """The name alone, as indexes write it (PEP 503)."""
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found.group()).lower()
