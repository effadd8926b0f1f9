"""A language is promised when its catalogue holds every text, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from peersupport.registries.languages import Row, problems, promised, texts

ENGLISH, FINNISH = Row("English", "en", "complete"), Row("Finnish", "fi", "complete")
CODE = 'from django.utils.translation import gettext_lazy as _\nHELLO = _("Hello")\n'
PAGE = (
    '{% load i18n %}<p class="a" title="{% translate \'Who "you" are\' %}">'
    "{% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}"
)
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
WHOLE = {
    "Hello": 'msgid "Hello"\nmsgstr "Hei"\n',
    'Who "you" are': 'msgid "Who \\"you\\" are"\nmsgstr "Kuka olet"\n',
    "one": 'msgid "one"\nmsgid_plural "%(n)s many"\nmsgstr[0] "yksi"\nmsgstr[1] "%(n)s monta"\n',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site of three texts."""
    templates = tmp_path / "guides" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "guides" / "words.py").write_text(CODE, encoding="utf-8")
    (templates / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def found(root: Path, *rows: Row, offered: tuple[str, ...] = ("en", "fi"), **changed: str) -> list[str]:
    """What is wrong where the Finnish catalogue has these changes; none is written without any."""
    if changed:
        file = root / "locale/fi/LC_MESSAGES/django.po"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEAD + "\n" + "\n".join({**WHOLE, **changed}.values()), encoding="utf-8")
    return list(problems([*rows], offered={*offered}, locale=root / "locale", root=root))


def test_what_the_page_promises_is_kept() -> None:
    page = Path(settings.BASE_DIR, "docs/languages.md").read_text(encoding="utf-8")
    assert promised(page)[0] == ENGLISH
    call_command("languages")


def test_every_text_of_code_and_templates_is_found(root: Path) -> None:
    assert {each.msgid for each in texts(root)} == set(WHOLE)


def test_english_is_its_own_catalogue(root: Path) -> None:
    assert found(root, ENGLISH, offered=("en",)) == []


def test_a_whole_catalogue_keeps_the_promise(root: Path) -> None:
    assert found(root, ENGLISH, FINNISH, Hello=WHOLE["Hello"]) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("", "fi: missing: “Hello”"),
        ('msgid "Hello"\nmsgstr ""\n', "fi: empty: “Hello”"),
        ('#, fuzzy\nmsgid "Hello"\nmsgstr "Hei"\n', "fi: fuzzy: “Hello”"),
    ],
)
def test_a_text_without_a_translation_breaks_it(entry: str, words: str, root: Path) -> None:
    assert found(root, ENGLISH, FINNISH, Hello=entry) == [words]


def test_so_does_a_plural_of_which_one_form_is_empty(root: Path) -> None:
    entry = 'msgid "one"\nmsgid_plural "%(n)s many"\nmsgstr[0] "yksi"\nmsgstr[1] ""\n'
    assert found(root, ENGLISH, FINNISH, one=entry) == ["fi: empty: “one”"]


def test_a_promise_without_a_catalogue_is_none(root: Path) -> None:
    (said,) = found(root, ENGLISH, FINNISH)
    assert "fi: promised, and has no catalogue" in said


def test_a_language_that_does_not_exist_cannot_be_promised(root: Path) -> None:
    for code in ("xx", "english"):
        assert f"{code}: there is no such language." in found(root, ENGLISH, Row("?", code, "planned"))


def test_nothing_but_complete_and_planned_can_be_said(root: Path) -> None:
    (said,) = found(root, ENGLISH, Row("Finnish", "fi", "nearly"), offered=("en",))
    assert "not “nearly”" in said


def test_what_is_offered_and_what_is_promised_is_the_same(root: Path) -> None:
    assert found(root, ENGLISH) == ["fi: in LANGUAGES, and not promised."]
    assert "en: promised, and not in LANGUAGES." in found(root, ENGLISH, offered=())
    assert "en, which the code is written in, is not in the table." in found(root, offered=())
