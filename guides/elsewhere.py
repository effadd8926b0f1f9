"""The same text elsewhere: in other languages, in easy language; and whether it is older than its source."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from django.conf import settings
from django.utils.translation import gettext as _

from guides import addresses
from guides.markdown import smarten
from guides.reading import Guide, Library, Section
from guides.standing import SOURCE, is_older


@dataclass(frozen=True)
class Version:
    """The text in one language, whose ``name`` is in that language; ``absolute`` is for search engines."""

    code: str
    name: str
    url: str
    here: bool

    @property
    def absolute(self) -> str:
        """The address with the site's own origin, as `hreflang` asks for it."""
        return f"{settings.PUBLIC_ORIGIN}{self.url}"


@dataclass(frozen=True)
class Way:
    """A link to another text: its title and address."""

    title: str
    url: str


def versions(
    library: Library, language: str, guide: str | None = None, section: str | None = None
) -> list[Version]:
    """Every language that has this section, this guide, or any guide; the one in use is marked.

    Empty where there is no other: then there is nothing to choose."""
    codes = sorted({each.language for each in library.guides})
    found = [
        Version(code, own_name(code), url, here=code == language)
        for code in codes
        if (url := _address(library, code, guide, section))
    ]
    return found if len(found) > 1 else []


def own_name(code: str) -> str:
    """What a language calls itself: Suomi."""
    name = Locale.parse(code, sep="-").get_display_name(code) or code
    return name[:1].upper() + name[1:]


def easy_version(library: Library, guide: Guide, section: Section) -> Way | None:
    """The same in easy language, where there is such a text."""
    for other in library.guides:
        for each in other.sections if other.language == guide.language else ():
            if each.easy_of == f"{guide.slug}/{section.slug}":
                return _way(other, each)
    return None


def full_version(library: Library, guide: Guide, section: Section) -> Way | None:
    """The text that an easy one was made from."""
    place = library.place(guide, section.easy_of)
    return _way(*place) if place else None


def stands(library: Library, guide: Guide, section: Section) -> str:
    """One quiet line to the reader: not reviewed yet, older than the text it was made from. Else empty."""
    translated = guide.language != SOURCE
    said = []
    if section.status != "reviewed" and translated:
        said.append(_("This text has not yet been reviewed by a native professional."))
    elif section.status != "reviewed":
        said.append(_("This text has not yet been reviewed by a professional."))
    if is_older(library, guide.language, guide.slug, section):
        changed = _("The English text has changed since this one was written.")
        said.append(changed if section.follows else _("It may be older than the English text."))
    return " ".join(said)


def _address(library: Library, code: str, guide: str | None, section: str | None) -> str:
    if guide is None:
        return addresses.library(code)
    home = library.guide(code, guide)
    if home is None:
        return ""
    if section is None:
        return addresses.guide(code, guide)
    return addresses.section(code, guide, section) if home.section(section) else ""


def _way(guide: Guide, section: Section) -> Way:
    url = addresses.section(guide.language, guide.slug, section.slug)
    return Way(smarten(section.title, guide.language), url)
