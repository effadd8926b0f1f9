"""Brings the cast's applicants to where each of them stands, by the verbs of joining."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta

from peersupport.accounts.contact import Wishes
from peersupport.accounts.models import User
from peersupport.demo.cast import APPLICANTS, CIRCLES, Applicant, Talk
from peersupport.demo.people import key_of
from peersupport.groups import membership
from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining import (
    applying,
    consent,
    erasing,
    interviewing,
    offering,
    placing,
    return_codes,
    talking,
)
from peersupport.joining.applying import Given
from peersupport.joining.findings import Findings
from peersupport.joining.models import Application, Interview, Placement, TalkTime

#: After this long applicants stand again where they stood in the beginning.
KEPT = timedelta(days=1)
#: With fewer free times to talk the coordinator offers some more.
FEW_TIMES = 3


def bring(groups: Mapping[str, SupportGroup], *, people: Mapping[str, User], by: User, now: datetime) -> None:
    """Every applicant who is missing or whose dates have gone stale, as she stands in the cast.

    What visitors did to them is kept for a day; then also the places that visitors gave are free again.
    """
    missing = [applicant for applicant in APPLICANTS.values() if not _is_fresh(applicant, now)]
    if len(missing) == len(APPLICANTS):
        _free_places(groups["birch"], by=by, now=now)
    for applicant in missing:
        for stale in Application.objects.filter(code_hash=return_codes.code_hash(applicant.code)):
            erasing.erase(application=stale, by=by, why="asked", now=now)
        _walk(applicant, groups, people, by, now)
    if talking.free_times(now).count() < FEW_TIMES:
        _offer_times(by, now)


def _is_fresh(applicant: Applicant, now: datetime) -> bool:
    oldest = now - timedelta(days=applicant.began_days_ago) - KEPT
    code_hash = return_codes.code_hash(applicant.code)
    return Application.objects.filter(code_hash=code_hash, started_at__gte=oldest).exists()


def _free_places(group: SupportGroup, *, by: User, now: datetime) -> None:
    own = {seat.person for seat in CIRCLES["birch"].seats}
    parents = membership.parents(group).select_related("user")
    for member in parents.exclude(state=Membership.State.LEFT):
        if key_of(member.user) not in own:
            membership.leave(membership=member, by=by, now=now)


def _offer_times(by: User, now: datetime) -> None:
    # Where a visitor offered other times meanwhile, those are enough.
    with suppress(offering.Overlaps):
        offering.offer(
            by=by,
            day=(now + timedelta(days=2)).date(),
            times=[time(10), time(14), time(18, 30)],
            minutes=45,
            how=TalkTime.How.PHONE,
            where="Call 0100 000 000 and ask for Salla.",
            weeks=2,
            now=now,
        )


def _walk(
    applicant: Applicant,
    groups: Mapping[str, SupportGroup],
    people: Mapping[str, User],
    by: User,
    now: datetime,
) -> None:
    began = now - timedelta(days=applicant.began_days_ago)
    application, _code = applying.begin(now=began)
    # Codes are generated; the cast's are known, and noted down.
    application.code_hash, application.code = return_codes.code_hash(applicant.code), ""
    application.save(update_fields=["code_hash", "code"])
    for question, given in _answers(applicant, groups, began).items():
        application = applying.answer(application=application, question=question, given=given, now=began)
    if not applicant.sent:
        return
    application = applying.send(application=application, now=began + timedelta(hours=1))
    if applicant.withdrew:
        applying.withdraw(application=application, now=began + timedelta(days=3))
    if applicant.invited:
        offering.invite(application=application, by=by, now=began + timedelta(hours=8))
    if applicant.talk is not None:
        _interview(application, applicant.talk, by, now)
    if applicant.offered:
        placement = placing.offer(
            application=application, group=groups[applicant.wants], by=by, now=now - timedelta(days=2)
        )
        if applicant.placed:
            _settle(placement, people[applicant.placed], now - timedelta(days=1))


def _answers(applicant: Applicant, groups: Mapping[str, SupportGroup], at: datetime) -> dict[str, Given]:
    answers = {
        "course": Given(columns={"wanted_group_id": groups[applicant.wants].pk if applicant.wants else None}),
        "language": Given(columns={"language": "en", "country": applicant.country}),
        "clock": Given(columns={"time_zone": applicant.time_zone}),
        "times": Given(told={"times": applicant.times}),
        "background": Given(told={"happened": applicant.happened, "in_words": applicant.in_words}),
        "contact": Given(told={"reach": "email" if applicant.email else "code"}),
        "address": Given(reach=Wishes(email_is_safe=bool(applicant.email), address=applicant.email)),
        "name": Given(told={"called": applicant.name}),
        "agreement": Given(
            columns={"consent_version": consent.VERSION, "consent_at": at, "country": applicant.country},
            agreed={consent.NEEDED: True},
        ),
        "wishes": Given(agreed=dict.fromkeys(consent.OPTIONAL, False)),
    }
    if not applicant.sent:
        # She is half way through.
        begun = ("course", "language", "clock", "times")
        return {question: answers[question] for question in ("agreement", *begun)}
    return answers


def _interview(application: Application, talk: Talk, by: User, now: datetime) -> None:
    held = now - timedelta(days=talk.days_ago)
    back = (now + timedelta(days=talk.come_back_in_days)).date() if talk.come_back_in_days else None
    interviewing.record(
        application=application,
        by=by,
        held_at=held,
        outcome=Interview.Outcome(talk.outcome),
        words=talk.words,
        notes=talk.notes,
        code_word="kettle" if talk.outcome == "accept" else "",
        findings=Findings(benefit="yes", course="yes", well="yes", case="no")
        if talk.outcome == "accept"
        else None,
        come_back_on=back,
        now=held,
    )


def _settle(placement: Placement, user: User, at: datetime) -> None:
    # She became a member when her group was gathered; here only the paper follows.
    placement.state, placement.answered_at = Placement.State.ACCEPTED, at
    placement.save(update_fields=["state", "answered_at"])
    Application.objects.filter(pk=placement.application_id).update(
        state=Application.State.PLACED, user=user, changed_at=at
    )
