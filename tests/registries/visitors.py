"""Everybody who might come to an address, each with a browser, and every address with something behind it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from datetime import time as time_of_day
from typing import Any
from uuid import uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import get_resolver, reverse

from peersupport.accounts import partner_tokens
from peersupport.accounts.models import ApiToken, User
from peersupport.accounts.second_factor import METHODS, METHODS_OF
from peersupport.chat.models import Ejection, Report
from peersupport.chat.moderating import ejecting
from peersupport.groups import cancelling, marking_time, tasks
from peersupport.groups.models import Change, Goodbye, Membership, StandInCall, SupportGroup, Task
from peersupport.joining import applying, interviewing, placing
from peersupport.joining.models import Application, Interview, Placement, PlacementRun, TalkTime
from peersupport.registries.comparing import view_names
from peersupport.safeguarding import keeping, looking, raising
from peersupport.safeguarding.models import Concern, Excerpt, Level, Look
from tests.accounts.doors import with_app
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants, proposed, walking

# Which of the visitors a word of the registry lets in, where the thing is her own.
SIGNED_IN = {"member", "outsider", "facilitator", "other facilitator", "coordinator", "editor"}
LETS_IN = {
    "anyone": {"nobody", "applicant", "staff without second factor", *SIGNED_IN},
    "applicant": {"applicant"},
    "signed_in": SIGNED_IN,
    "member": {"member", "facilitator"},
    "facilitator": {"facilitator"},
    "coordinator": {"coordinator"},
    "editor": {"editor"},
    "demo": set(),
}


@dataclass
class Town:
    """The visitors, and for every kind of path argument an own, a foreign and a missing value."""

    browsers: dict[str, Client]
    things: dict[str, tuple[str, str]]

    def path(self, name: str, which: str) -> str | None:
        """The address of a view for an own, a foreign or a missing thing; None if it names no thing."""
        arguments = arguments_of(name)
        if which != "own" and not arguments:
            return None
        values: dict[str, Any] = {}
        for argument in arguments:
            # Addresses of one kind share the argument's name; where they do not, the view says which.
            thing = self.things.get(f"{name}.{argument}") or self.things.get(argument)
            assert thing, f"the access matrix knows nothing to put for {argument} of {name}"
            values[argument] = {"own": thing[0], "foreign": thing[1], "missing": _missing(thing[0])}[which]
        return reverse(name, kwargs=values)


def arguments_of(name: str) -> list[str]:
    """The names of a view's path arguments."""
    namespace, _, short = name.rpartition(":")
    resolver: Any = get_resolver()
    for part in filter(None, namespace.split(":")):
        resolver = resolver.namespace_dict[part][1]
    return list(resolver.reverse_dict.getlist(short)[0][0][0][1])


def _missing(value: str) -> str:
    if value.isdigit():
        return "987654"
    return str(uuid4()) if len(value) == 36 and value.count("-") == 4 else "zzzz" + value[4:]


def staff_browser(user: User) -> Client:
    """Somebody of the staff who has shown a second factor."""
    client = SecureClient()
    client.force_login(user)
    session = client.session
    session[METHODS] = [{"method": "mfa", "at": time.time()}]
    session[METHODS_OF] = str(user.pk)
    session.save()
    return client


def browser(user: User) -> Client:
    """Somebody who has given a password and nothing else."""
    client = SecureClient()
    client.force_login(user)
    return client


def town(cast: Cast) -> Town:
    """Builds the whole of it with the site's own verbs."""
    applicant = SecureClient()
    walking.apply(applicant)
    mine = Application.objects.latest("started_at")
    other, _code = applying.begin(now=cast.now)
    offered = placing_of(cast, mine)
    with_app(cast.salla)
    RecoveryCodes.activate(cast.salla)
    browsers = {
        "nobody": SecureClient(),
        "applicant": applicant,
        "member": browser(cast.aino),
        "outsider": browser(cast.toivo),
        "facilitator": staff_browser(cast.maija),
        "other facilitator": staff_browser(cast.ruben),
        "coordinator": staff_browser(cast.salla),
        "editor": staff_browser(cast.tuuli),
        "staff without second factor": browser(cast.oskar),
    }
    things = {
        "slug": (cast.alder.slug, cast.birch.slug),
        "room_id": (str(cast.room(cast.alder).pk), str(cast.room(cast.birch).pk)),
        "meeting_id": (str(cast.meeting(cast.alder, 3).pk), str(cast.meeting(cast.birch, 1).pk)),
        "call_id": (str(called_for(cast, cast.alder).pk), str(called_for(cast, cast.birch).pk)),
        "member_id": (str(goodbye_in(cast.alder).pk), str(goodbye_in(cast.birch).pk)),
        "task_id": (str(task_about(cast, cast.alder).pk), str(task_about(cast, cast.birch).pk)),
        "ejection_id": (str(put_out(cast).pk), str(uuid4())),
        "report_id": (str(reported(cast).pk), str(uuid4())),
        "facilitators:ask.act": ("close", "nothing"),
        **safeguarded(cast),
        "application_id": (str(mine.pk), str(other.pk)),
        "change_id": (str(called_off(cast).pk), str(uuid4())),
        "facilitator_id": (str(cast.maija.facilitator.pk), str(cast.ruben.facilitator.pk)),
        "placement_id": (str(offered.pk), str(uuid4())),
        "run_id": (str(proposed_to(cast).pk), str(uuid4())),
        "number": ("0", "1"),
        "talk_id": (str(talk_of(cast).pk), str(uuid4())),
        "token_id": (str(token_of(cast).pk), str(uuid4())),
        "time_id": own_time(cast),
        "away_id": own_days(cast),
        "groups:api_programme.slug": (cast.alder.programme.slug, "nothing"),
        "joining:api_pack.slug": (cast.alder.programme.slug, "nothing"),
        "joining:desk_programme.slug": (cast.alder.programme.slug, "nothing"),
        "joining:desk_pack.slug": (cast.alder.programme.slug, "nothing"),
        "joining:question.slug": ("language", "nothing"),
        "language": ("en", "nothing"),
        "guide": ("next-steps", "nothing"),
        "guides:text.slug": ("right-now", "nothing"),
        "section": ("right-now", "nothing"),
        "file": ("next-steps.txt", "nothing.txt"),
        "token": ("no-such-token", "another-token"),
        "pk": ("1", "2"),
        "uidb36": ("1", "2"),
        "key": ("set-password", "another"),
    }
    return Town(browsers, things)


def task_about(cast: Cast, group: SupportGroup) -> Task:
    """Something to see to in a group, so late that coordinators see it too."""
    about = group.memberships.filter(role=Membership.Role.PARENT)[0]
    return tasks.make(
        what=Task.What.ASKS, about=about, whom=Task.For.FACILITATOR, until=cast.now, by=None, now=cast.now
    )


def called_for(cast: Cast, group: SupportGroup) -> StandInCall:
    """A call of one of the group's facilitators, which nobody else was asked by."""
    meeting = group.meetings.filter(starts_at__gt=cast.now)[0]
    absent = (cast.maija if group == cast.alder else cast.ruben).facilitator
    return StandInCall.objects.create(
        meeting=meeting, absent=absent, made_at=cast.now, made_by=absent.user_id
    )


def goodbye_in(group: SupportGroup) -> Goodbye:
    """What somebody of the group would like to say to the others."""
    member = group.memberships.filter(role=Membership.Role.PARENT).latest("pk")
    return Goodbye.objects.create(member=member, words="Goodbye.", at=member.since)


def put_out(cast: Cast) -> Ejection:
    """Somebody of Alder who is suspended."""
    member, by = cast.seat(cast.farah), cast.seat(cast.maija, cast.alder)
    return ejecting.eject(member, by=by, room=cast.room(cast.alder), template="danger")


def called_off(cast: Cast) -> Change:
    """A meeting of Alder that does not take place."""
    return cancelling.cancel(
        meeting=cast.meeting(cast.alder, 8),
        said=cancelling.Said(reason="a reason"),
        by=cast.salla,
        now=cast.now,
    )


def reported(cast: Cast) -> Report:
    """A report in Alder's room."""
    return Report.objects.create(
        room=cast.room(cast.alder), member=cast.seat(cast.berit), target=uuid4(), reason="a reason"
    )


def placing_of(cast: Cast, application: Application) -> Placement:
    """A seat offered to the applicant, after a talk."""
    interviewing.record(
        application=application,
        by=cast.salla,
        held_at=cast.now,
        outcome=Interview.Outcome.ACCEPT,
        words="",
        now=cast.now,
    )
    application.refresh_from_db()
    return placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)


def proposed_to(cast: Cast) -> PlacementRun:
    """A run that proposes two parents a seat in Birch."""
    waiting = [applicants.waiting(cast.now, by=cast.salla, called=name) for name in ("Greta", "Hanna")]
    seats = proposed.seats(cast.birch, waiting)
    return proposed.run(cast, seats)


def talk_of(cast: Cast) -> TalkTime:
    """A time to talk that is offered."""
    return applicants.times_to_talk(cast.now, by=cast.salla, number=1)[0]


def safeguarded(cast: Cast) -> dict[str, tuple[str, str]]:
    """Concerns, words that wait for a second person, and looks: Maija's and Salla's, and Ruben's."""
    mine, foreign = (concern_by(cast, by, group) for by, group in worriers(cast))
    keeping.open_concern(mine.pk, by=cast.salla, now=cast.now)
    looks = [look_by(cast, by, group) for by, group in worriers(cast)]
    told = look_by(cast, cast.oskar, cast.alder)
    looking.see(told.pk, by=cast.oskar, now=cast.now)
    put_off = {"tell_from": cast.now, "person": cast.aino.pk}
    Look.objects.filter(pk=told.pk).update(**put_off)
    at_the_desk = look_by(cast, cast.salla, cast.alder)
    words = [words_on(mine, by=cast.oskar, now=cast.now) for _ in range(2)]
    return {
        "concern_id": (str(mine.pk), str(foreign.pk)),
        "look_id": (str(looks[0].pk), str(looks[1].pk)),
        "safeguarding:told.look_id": (str(told.pk), str(looks[1].pk)),
        "safeguarding:desk_who.look_id": (str(at_the_desk.pk), str(looks[1].pk)),
        "excerpt_id": (str(words[0].pk), str(words_on(foreign, by=cast.ruben, now=cast.now).pk)),
        "safeguarding:words.excerpt_id": (str(words[1].pk), str(uuid4())),
    }


def worriers(cast: Cast) -> list[tuple[User, SupportGroup]]:
    """Who leads which group."""
    return [(cast.maija, cast.alder), (cast.ruben, cast.birch)]


def concern_by(cast: Cast, by: User, group: SupportGroup) -> Concern:
    """Something that worries a facilitator about somebody of her group."""
    about = group.memberships.filter(role=Membership.Role.PARENT).earliest("pk")
    seen = raising.Seen(fact="She was very quiet.")
    return raising.raise_concern(about=about, level=Level.TALK, seen=seen, by=by, now=cast.now)


def words_on(concern: Concern, *, by: User, now: datetime) -> Excerpt:
    """Words that a colleague wants kept with it."""
    return Excerpt.objects.create(
        concern=concern, room=uuid4(), message=uuid4(), asked_by=by.pk, asked_at=now
    )


def look_by(cast: Cast, by: User, group: SupportGroup) -> Look:
    """Somebody asks who a parent is, in danger."""
    about = group.memberships.filter(role=Membership.Role.PARENT).earliest("pk")
    return looking.ask(about=about, reason="a reason", in_danger=True, by=by, now=cast.now)


def token_of(cast: Cast) -> ApiToken:
    """A partner's token."""
    until = cast.later(days=30)
    scopes = [ApiToken.Scope.FACTS]
    return partner_tokens.make(partner="Harbour", scopes=scopes, until=until, by=cast.salla, now=cast.now)[0]


def own_time(cast: Cast) -> tuple[str, str]:
    """A time of the week of Maija's, and one of Ruben's."""
    when = marking_time.WeeklyTime(6, time_of_day(9), time_of_day(11), "Europe/Helsinki")
    mine, foreign = (
        marking_time.add_time(facilitator=one.facilitator, when=when, by=one)
        for one in (cast.maija, cast.ruben)
    )
    return str(mine.pk), str(foreign.pk)


def own_days(cast: Cast) -> tuple[str, str]:
    """Days on which Maija is away, and some of Ruben's."""
    first = cast.later(days=400).date()
    mine, foreign = (
        marking_time.add_away(facilitator=one.facilitator, first=first, last=first, by=one)
        for one in (cast.maija, cast.ruben)
    )
    return str(mine.pk), str(foreign.pk)


def all_views() -> list[str]:
    """Every named view."""
    return sorted(view_names())


Sender = Callable[[Client, str], Any]
SENDERS: dict[str, Sender] = {
    "GET": lambda client, path: client.get(path),
    "POST": lambda client, path: client.post(path, {}),
    "PUT": lambda client, path: client.put(path, b"{}", content_type="application/json"),
    "PATCH": lambda client, path: client.patch(path, b"{}", content_type="application/json"),
    "DELETE": lambda client, path: client.delete(path),
}
