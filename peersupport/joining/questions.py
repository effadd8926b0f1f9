"""The questions an applicant is asked, one to a page, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.joining.choices import zones_of
from peersupport.joining.models import Application


@dataclass(frozen=True)
class Question:
    """One page: its word in the address and title (both neutral), and why we ask."""

    slug: str
    title: str | Promise
    why: str | Promise


QUESTIONS = (
    # First, so that she knows what is kept and who may read it before she writes a word about herself.
    Question("agreement", _("Before you begin"), _("You decide what we may keep and who may read it.")),
    Question("course", _("Course"), _("So that we look in the right place first. You can change it later.")),
    Question("language", _("Language"), _("A group speaks one language, and help lines differ by country.")),
    Question("clock", _("Time zone"), _("So that every time you see here is the time on your own clock.")),
    Question(
        "times", _("Times"), _("A group meets every week at the same time. Tick whatever usually works.")
    ),
    Question(
        "background",
        _("Background"),
        _(
            "So that you meet parents whose situation is like yours. Please leave out names, places and "
            "details of what was done: you need not tell them here, and nobody will ask."
        ),
    ),
    Question(
        "contact",
        _("Contact"),
        _(
            "Nothing we send may put you or your child in danger. If you are not sure, choose the return "
            "code: you miss nothing by it."
        ),
    ),
    Question("address", _("Address"), _("Our mails are short and say nothing of what this is about.")),
    Question(
        "phone",
        _("Telephone"),
        _("A coordinator calls at the hours you choose, and says to nobody else what it is about."),
    ),
    Question(
        "name",
        _("Name"),
        _("Any name; it need not be your own. The other parents see another one, of a tree or a bird."),
    ),
    Question(
        "wishes",
        _("Your choice"),
        _("None of this is needed. You can change each of them at any time, with one tap."),
    ),
)
SLUGS = tuple(question.slug for question in QUESTIONS)
# Asked only where an earlier answer makes them needed; they share its number.
_PART_OF = {"clock": "language", "address": "contact", "phone": "contact"}


def question_for(slug: str) -> Question | None:
    """The question with this word, or None."""
    return next((question for question in QUESTIONS if question.slug == slug), None)


def applies(slug: str, application: Application) -> bool:
    """Whether this question has to be asked: the clock where a country has several, the way she chose."""
    if slug == "clock":
        return len(zones_of(application.country)) != 1
    if slug == "address":
        return application.told.reach == "email"
    if slug == "phone":
        return application.told.reach == "phone"
    return True


def missing(application: Application) -> str | None:
    """The first question that is still open, or None when all are answered."""
    done = application.told.done
    return next((slug for slug in SLUGS if slug not in done and applies(slug, application)), None)


def after(slug: str, application: Application) -> str | None:
    """The question that follows, or None when it was the last."""
    later = SLUGS[SLUGS.index(slug) + 1 :]
    return next((one for one in later if applies(one, application)), None)


def before(slug: str, application: Application) -> str | None:
    """The question that comes before, or None for the first."""
    earlier = reversed(SLUGS[: SLUGS.index(slug)])
    return next((one for one in earlier if applies(one, application)), None)


def progress(slug: str) -> str:
    """Where she is, in words."""
    counted = [one for one in SLUGS if one not in _PART_OF]
    number = counted.index(_PART_OF.get(slug, slug)) + 1
    return gettext("Question %(number)s of %(all)s") % {"number": number, "all": len(counted)}
