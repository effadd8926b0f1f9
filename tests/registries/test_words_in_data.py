"""Texts of data files are gathered as those of the code are, and none can be forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from peersupport.registries.languages import APPS, texts
from peersupport.registries.words_in_data import SHOWN, as_code, texts_in

ROOT = Path(settings.BASE_DIR)
NAMES = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
NEEDS = '[court]\nlabel = "A \\"court\\" date"\nweight = 14\n\n[again]\nlabel = "A \\"court\\" date"\n'


def called_with_a_variable(file: Path) -> Iterator[int]:
    """The lines of a file in which gettext is given what no program that gathers texts can read."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    ours = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in NAMES
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ours
            and not isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno


def test_only_what_reads_a_listed_file_gives_gettext_a_variable() -> None:
    readers = {reader for _fields, files in SHOWN.values() for reader in files}
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    found = {str(file.relative_to(ROOT)) for file in files if any(called_with_a_variable(file))}
    assert found == readers, "list the data file in registries/words_in_data.py"


@pytest.mark.parametrize("path", SHOWN)
def test_every_text_of_a_listed_file_is_in_every_catalogue(path: str) -> None:
    found = texts_in(path, (ROOT / path).read_text(encoding="utf-8"))
    assert found
    assert {*found} <= {each.msgid for each in texts(ROOT)}
    catalogues = sorted((ROOT / "peersupport" / "locale").glob("*/LC_MESSAGES/django.po"))
    assert catalogues
    for file in catalogues:
        with file.open("rb") as stream:
            catalogue = read_po(stream)
        translated = {each.id for each in catalogue if each.string}
        assert [text for text in found if text not in translated] == [], file


def test_the_key_of_a_text_is_not_taken_for_one() -> None:
    assert {"choose", "words", "label", "subject"}.isdisjoint(each.msgid for each in texts(ROOT))


def test_a_text_is_gathered_once_and_as_it_stands() -> None:
    assert texts_in("peersupport/joining/needs.toml", NEEDS) == ['A "court" date']
    assert as_code("peersupport/joining/needs.toml", NEEDS) == "gettext('A \"court\" date')\n"


def test_what_is_not_shown_is_not_gathered() -> None:
    mails = '[news]\nsubject = "A note"\nwords = "joining/mail/news.txt"\n'
    assert texts_in("peersupport/accounts/mails.toml", mails) == ["A note"]
