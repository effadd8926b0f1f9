"""Where an application stands, and what it says, in her words and ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from peersupport.accounts.hours import on_the_hour
from peersupport.groups import schedule
from peersupport.joining import choices, consenting, questions, talking, waiting
from peersupport.joining.coming import coming
from peersupport.joining.models import Application, Consent, Placement, TalkTime

State = Application.State


@dataclass(frozen=True)
class Row:
    """One answer: what was asked, what she said, and the question to change it."""

    label: str
    value: str
    question: str


@dataclass(frozen=True)
class Talk:
    """Her talk as a line of a calendar. It keeps its id when she moves it, and counts up each time."""

    time: TalkTime
    application: Application

    @property
    def id(self) -> UUID:
        """Tells nothing of the application to whoever reads the file."""
        return uuid5(self.application.pk, "talk")

    @property
    def starts_at(self) -> datetime:
        return self.time.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.time.ends_at

    @property
    def state(self) -> str:
        return "planned"

    @property
    def sequence(self) -> int:
        """When she chose this time, in seconds of the epoch: later than for any time she had before."""
        return int(self.time.chosen_at.timestamp()) if self.time.chosen_at else 0


def standing(application: Application, *, now: datetime) -> dict[str, Any]:
    """What the status page shows: the last talk, an open offer, honest numbers about waiting."""
    offers = application.placements.select_related("group__programme").filter(state=Placement.State.OFFERED)
    placement = offers.first()
    possible = [
        one for one in coming(now) if one.group.language == application.language and one.places != "none"
    ]
    interview, talk = application.interviews.first(), talking.talk_of(application, now)
    back = interview.come_back_on if interview is not None else None
    return {
        "application": application,
        "interview": interview,
        "day_has_come": back is not None and back <= now.date(),
        "talk": talk,
        "talk_can_change": talk is not None and talking.still_hers(talk, now),
        "may_choose": talking.may_choose(application),
        "talk_hours": settings.TALK_HOURS,
        "city": schedule.city(ZoneInfo(application.time_zone)),
        "placement": placement if placement is not None and placement.is_open(now) else None,
        "possible": possible,
        "agreed": consenting.given(application),
        "expected": waiting.expectation(application, now) if application.state == State.WAITING else None,
        "language": choices.language_name(application.language),
        "days": {"answer": settings.ANSWER_DAYS, "draft": settings.DRAFT_DAYS},
        "rows": told_rows(application),
        "next_question": questions.missing(application),
    }


def told_rows(application: Application) -> list[Row]:
    """Her answers, each in a line, in the order of the questions."""
    told = application.told
    wanted = application.wanted_group
    happened = choices.name_of(told.happened, choices.HAPPENED)
    values = {
        "course": wanted.programme.title if wanted is not None else _("Help me choose"),
        "language": f"{choices.language_name(application.language)}, "
        f"{choices.name_of(application.country, choices.countries())}",
        "clock": schedule.city(ZoneInfo(application.time_zone)),
        "times": times_in_words(told.times),
        "background": "\n".join(part for part in (happened, told.in_words) if part),
        "contact": _reach(application),
        "name": told.called,
        "wishes": _wishes(application),
    }
    titles = {question.slug: str(question.title) for question in questions.QUESTIONS}
    shown = {*told.done, "clock"} if "language" in told.done else {*told.done}
    return [Row(titles[slug], value, slug) for slug, value in values.items() if slug in shown]


def times_in_words(times: tuple[str, ...]) -> str:
    """ "Monday morning, Tuesday evening": what she ticked, in the order of the week."""
    return ", ".join(str(name) for code, name in choices.TIMES if code in times)


def _wishes(application: Application) -> str:
    given = consenting.given(application)
    layers = [str(layer.label) for layer in Consent.Layer if layer in given and layer != Consent.Layer.NEEDED]
    return ", ".join(layers) or _("None of these")


def _reach(application: Application) -> str:
    told, contact = application.told, application.contact
    opener = _("Begins with “%(words)s”") % {"words": choices.name_of(told.opener, choices.OPENERS)}
    if told.reach == "phone":
        never = [_("Never: %(what)s") % {"what": choices.name_of(one, choices.NEVER)} for one in told.never]
        return "\n".join([_at_hours(told.phone, told.from_hour, told.until_hour), opener, *never])
    if contact is None or not contact.email_is_safe:
        return _("Only here, with the return code")
    return f"{_at_hours(contact.address, contact.from_hour, contact.until_hour)}\n{opener}"


def _at_hours(where: str, begins: int | str | None, ends: int | str | None) -> str:
    if begins in {None, ""} or ends in {None, ""}:
        return _("%(address)s, at any hour") % {"address": where}
    return _("%(address)s, between %(begins)s and %(ends)s") % {
        "address": where,
        "begins": on_the_hour(int(begins or 0)),
        "ends": on_the_hour(int(ends or 0)),
    }
