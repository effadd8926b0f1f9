"""One style sheet per component to write, one file for the browser to fetch."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.template.loader import render_to_string

from peersupport.shell.sheets import JOINED, SHEETS

SHELL = Path(__file__).resolve().parents[2] / "peersupport"


def test_a_page_fetches_one_sheet_that_holds_them_all_in_order() -> None:
    page = render_to_string("base.html")
    joined = re.findall(r'href="/static/(css/site\.[0-9a-f]{12}\.css)"', page)
    assert len(joined) == 1
    with staticfiles_storage.open(joined[0]) as file:
        text = file.read().decode()
    assert text.index("@layer reset, base, components, utilities") < text.index("@layer reset {")
    starts = []
    for sheet in SHEETS:
        source = finders.find(sheet)
        assert isinstance(source, str), sheet
        starts.append(text.index(Path(source).read_text(encoding="utf-8")))
    assert starts == sorted(starts)


def test_every_sheet_is_joined_or_linked_by_the_pages_that_need_it() -> None:
    templates = "".join(path.read_text() for path in SHELL.rglob("templates/**/*.html"))
    sheets = {
        f"css/{path.relative_to(SHELL / 'static' / 'css')}" for path in SHELL.glob("static/css/**/*.css")
    }
    assert JOINED not in sheets
    assert {sheet for sheet in sheets - set(SHEETS) if f"'{sheet}'" not in templates} == set()


def stored_name(name: str) -> str:
    """The hashed name under which collecting stored a file."""
    assert isinstance(staticfiles_storage, ManifestFilesMixin)
    return staticfiles_storage.stored_name(name)


def test_modules_are_imported_under_their_hashed_names() -> None:
    with staticfiles_storage.open(stored_name("chat/room.js")) as file:
        imports = re.findall(r'from "(\./[^"]+)"', file.read().decode())
    assert imports
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imports)


def test_the_page_of_the_look_names_every_class_a_page_has_and_no_other() -> None:
    look = (SHELL.parent / "docs" / "look.md").read_text(encoding="utf-8")
    used = {
        name
        for app in (SHELL, SHELL.parent / "guides", SHELL.parent / "facilitators")
        for template in app.rglob("*.html")
        for classes in re.findall(r"block page_class %}(.*?){%", template.read_text(encoding="utf-8"))
        for name in classes.split()
    }
    assert used == set(re.findall(r"`(page-\w+)`", look))
