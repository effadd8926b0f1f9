"""What docs/languages.md promises, and whether the catalogues keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from peersupport.registries.words_in_data import SHOWN, texts_in

SOURCE = "en"
STATES = {"complete", "planned"}
ROW = re.compile(r"^\| *(?P<name>[^|]+?) *\| *`(?P<code>[\w-]+)` *\| *(?P<pages>[^|]+?) *\|", re.MULTILINE)
APPS = ("peersupport", "guides", "facilitators")
TEMPLATES = {".html", ".txt"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **{f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items() if name.endswith("gettext")},
}
# A call as templatize writes it. What it leaves around the calls is for xgettext, and no Python.
CALL = re.compile(
    r"""\b(?:_|n?p?gettext)\((?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^()'"])*\)""",
)


class Row(NamedTuple):
    """A language and what is promised of its pages."""

    name: str
    code: str
    pages: str


class Text(NamedTuple):
    """A text for translation: the singular where it has a plural, and its context."""

    msgid: str
    context: str | None


def promised(page: str) -> list[Row]:
    """The rows of the table in docs/languages.md."""
    return [Row(**match.groupdict()) for match in ROW.finditer(page)]


def problems(rows: list[Row], *, offered: set[str], locale: Path, root: Path) -> Iterator[str]:
    """What is promised and not kept, in a sentence each. `offered` are the codes in LANGUAGES."""
    if not any(row.code == SOURCE for row in rows):
        yield f"{SOURCE}, which the code is written in, is not in the table."
    for row in rows:
        if not _is_known(row.code):
            yield f"{row.code}: there is no such language."
        elif row.pages not in STATES:
            yield f"{row.code}: pages are {' or '.join(sorted(STATES))}, not “{row.pages}”."
        elif row.pages == "complete" and row.code != SOURCE:
            yield from _gaps(row.code, locale=locale, root=root)
    complete = {row.code for row in rows if row.pages == "complete"}
    yield from (f"{code}: promised, and not in LANGUAGES." for code in sorted(complete - offered))
    yield from (f"{code}: in LANGUAGES, and not promised." for code in sorted(offered - complete))


def texts(root: Path) -> set[Text]:
    """Every text of the code, the templates and the data files that goes through gettext."""
    found = {each for app in APPS for file in sorted((root / app).rglob("*.*")) for each in _texts_of(file)}
    data = {path: root / path for path in SHOWN if (root / path).is_file()}
    return found | {
        Text(each, None)
        for path, file in data.items()
        for each in texts_in(path, file.read_text(encoding="utf-8"))
    }


def _is_known(code: str) -> bool:
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _gaps(code: str, *, locale: Path, root: Path) -> Iterator[str]:
    file = locale / code.replace("-", "_") / "LC_MESSAGES" / "django.po"
    if not file.is_file():
        yield f"{code}: promised, and has no catalogue ({file.relative_to(root)})."
        return
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=code.replace("-", "_"))
    for text in sorted(texts(root), key=str):
        if wrong := _wrong(catalogue, text):
            yield f"{code}: {wrong}: “{text.msgid}”"


def _wrong(catalogue: Catalog, text: Text) -> str:
    found = catalogue.get(text.msgid, text.context)
    if found is None:
        return "missing"
    if found.fuzzy:
        return "fuzzy"
    forms = found.string if isinstance(found.string, tuple | list) else [found.string]
    return "" if forms and all(forms) else "empty"


def _texts_of(file: Path) -> Iterator[Text]:
    if file.suffix == ".py" and "migrations" not in file.parts:
        source = file.read_text(encoding="utf-8")
    elif file.suffix in TEMPLATES and "templates" in file.parts:
        source = "\n".join(CALL.findall(templatize(file.read_text(encoding="utf-8"))))
    else:
        return
    for _line, found, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield Text(_singular(found), context)


def _singular(found: Any) -> str:
    return str(found if isinstance(found, str) else found[0])
