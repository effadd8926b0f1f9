"""The questions an applicant is asked, one to a page, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.joining.models import Application


@dataclass(frozen=True)
class Question:
    """One page: its word in the address and title (both neutral), and why we ask."""

    slug: str
    title: str | Promise
    why: str | Promise


QUESTIONS = (
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
            "So that you meet parents whose situation is like yours. One line is enough. Please leave out "
            "names, places and details of what was done: you need not tell them here, and nobody will ask."
        ),
    ),
    Question(
        "contact",
        _("Contact"),
        _(
            "Nothing we send may put you or your child in danger. If you are not sure, choose the return "
            "code."
        ),
    ),
    Question("name", _("Name"), _("So that we know how to speak to you. It need not be your own name.")),
    Question("agreement", _("Agreement"), _("You decide what we may keep and who may read it.")),
)
SLUGS = tuple(question.slug for question in QUESTIONS)


def question_for(slug: str) -> Question | None:
    """The question with this word, or None."""
    return next((question for question in QUESTIONS if question.slug == slug), None)


def missing(application: Application) -> str | None:
    """The first question that is still open, or None when all are answered."""
    done = application.told.done
    return next((slug for slug in SLUGS if slug not in done), None)


def after(slug: str, application: Application) -> str | None:
    """The question that follows, leaving out those that answered themselves; None when it was the last."""
    later = SLUGS[SLUGS.index(slug) + 1 :]
    return next((one for one in later if one != "clock" or "clock" not in application.told.done), None)


def before(slug: str) -> str | None:
    """The question that comes before, or None for the first."""
    at = SLUGS.index(slug)
    return SLUGS[at - 1] if at else None


def progress(slug: str) -> str:
    """Where she is, in words. The clock belongs to the question before it: most are never asked."""
    counted = [one for one in SLUGS if one != "clock"]
    number = counted.index("language" if slug == "clock" else slug) + 1
    return gettext("Question %(number)s of %(all)s") % {"number": number, "all": len(counted)}
