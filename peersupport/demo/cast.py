"""The named cast of the demonstration and of the tests, as data. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

#: Times of the week, Monday is 0: (weekday, from, until).
EVENINGS = tuple((day, time(17), time(21)) for day in range(5))
SATURDAY = ((5, time(9), time(13)),)

#: One password for everyone who can sign in; known on purpose, in the demonstration only.
PASSWORD = "lamp-table-leaves"  # noqa: S105 - printed at every start of the demonstration


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in, by e-mail address or by sign-in name."""

    key: str
    name: str
    email: str = ""
    sign_in_name: str = ""
    country: str = "fi"
    time_zone: str = "Europe/Helsinki"
    # A member of staff's role; parents have none.
    role: str = ""
    # Facilitators: the name parents see, and the languages they lead groups in.
    display_name: str = ""
    languages: tuple[str, ...] = ()
    # When they can lead, on their own clocks.
    available: tuple[tuple[int, time, time], ...] = ()

    @property
    def signs_in_with(self) -> str:
        return self.email or self.sign_in_name


@dataclass(frozen=True)
class Course:
    """A programme: what its page says and the topics of its meetings."""

    key: str
    slug: str
    title: str
    audience: str
    not_for: str
    topics: tuple[str, ...]
    # For whom, by what applicants say happened.
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Seat:
    """A parent's place in a group and the name the others know."""

    person: str
    pseudonym: str


@dataclass(frozen=True)
class Circle:
    """A support group: where it stands in its course, who leads it, who belongs to it.

    `meeting_now` is the number of the meeting under way; otherwise `first_in_days` (negative: past)
    says when the first meeting is, at `meets_at` on the clocks of `time_zone`.
    """

    key: str
    name: str
    course: str
    facilitators: tuple[str, ...]
    seats: tuple[Seat, ...]
    meeting_now: int = 0
    # Whether criminal cases of its families may be open.
    cases_open: bool = False
    first_in_days: int = 0
    meets_at: time = time(18, 30)
    time_zone: str = "Europe/Helsinki"
    # How many of the past meetings were talked over by the facilitators afterwards.
    debriefed: int = 0


PEOPLE: dict[str, Person] = {
    person.key: person
    for person in (
        # Parents of the group Alder.
        Person("aino", "Aino", email="aino@demo.example"),
        Person("berit", "Berit", sign_in_name="amber-lake-274", country="se", time_zone="Europe/Stockholm"),
        Person("chloe", "Chloé", email="chloe@demo.example", country="fr", time_zone="Europe/Paris"),
        Person("dara", "Dara", sign_in_name="quiet-harbour-518", country="gb", time_zone="Europe/London"),
        Person("elias", "Elias", email="elias@demo.example"),
        Person("farah", "Farah", sign_in_name="clear-meadow-903"),
        # Parents of other groups.
        Person("toivo", "Toivo", email="toivo@demo.example"),
        Person("noor", "Noor", sign_in_name="early-garden-441", country="se", time_zone="Europe/Stockholm"),
        Person("leif", "Leif", email="leif@demo.example"),
        Person("maud", "Maud", sign_in_name="round-pebble-665", country="fr", time_zone="Europe/Paris"),
        Person("orla", "Orla", email="orla@demo.example", country="ie", time_zone="Europe/Dublin"),
        Person("piet", "Piet", sign_in_name="soft-morning-130"),
        Person("runa", "Runa", email="runa@demo.example"),
        # Staff.
        Person(
            "maija",
            "Maija",
            email="maija@demo.example",
            role="facilitator",
            display_name="Maija",
            languages=("en", "fi"),
            available=EVENINGS,
        ),
        Person(
            "oskar",
            "Oskar",
            email="oskar@demo.example",
            role="facilitator",
            display_name="Oskar",
            languages=("en", "sv"),
            available=EVENINGS[1:4] + SATURDAY,
        ),
        Person(
            "pirkko",
            "Pirkko",
            email="pirkko@demo.example",
            role="facilitator",
            display_name="Pirkko",
            languages=("en", "fi"),
            available=EVENINGS + SATURDAY,
        ),
        Person(
            "ruben",
            "Ruben",
            email="ruben@demo.example",
            role="facilitator",
            display_name="Ruben",
            languages=("en", "sv"),
            available=EVENINGS[:4],
        ),
        Person("salla", "Salla", email="salla@demo.example", role="coordinator"),
        Person("tuuli", "Tuuli", email="tuuli@demo.example", role="editor"),
    )
}

COURSES: dict[str, Course] = {
    course.key: course
    for course in (
        Course(
            key="online",
            slug="harbour",
            title="Parents after something happened online",
            audience="For parents and carers whose child was pressured, threatened or used sexually by "
            "someone on the internet: a stranger, or somebody met in a game or a chat.",
            not_for="Not for parents who are themselves under investigation, and not the first thing "
            "in the first days: the coordinator helps you to find what fits better and stays your contact.",
            topics=(
                "Getting to know each other",
                "How it happens, and why it is never a child's fault",
                "Coping from day to day",
                "How children react, and what helps them",
                "Talking together at home",
                "Brothers, sisters and the wider family",
                "Phones, games and trust",
                "Pictures online: what can be done",
                "Police, courts and waiting",
                "Looking back, going on",
            ),
            kinds=("online",),
        ),
        Course(
            key="close",
            slug="orchard",
            title="Parents when someone close was involved",
            audience="For parents and carers whose child was abused by somebody the family knows: a "
            "relative, a friend, a coach, a partner or a former partner.",
            not_for="Not for families in which one child harmed another: there are groups of their own for "
            "them. Not for parents who are themselves under investigation. The coordinator helps you on.",
            topics=(
                "Getting to know each other",
                "When it was someone we trusted",
                "Coping from day to day",
                "How children react, and what helps them",
                "A family with divided feelings",
                "Difficult moments and calm answers",
                "Police, courts and services",
                "Being seen: what gives you strength",
                "Looking back, going on",
            ),
            kinds=("close",),
        ),
    )
}

CIRCLES: dict[str, Circle] = {
    circle.key: circle
    for circle in (
        Circle(
            key="alder",
            name="Alder",
            course="online",
            # Pirkko stands in for either of the two.
            facilitators=("maija", "oskar", "pirkko"),
            seats=(
                Seat("aino", "Willow"),
                Seat("berit", "Rowan"),
                Seat("chloe", "Heron"),
                Seat("dara", "Juniper"),
                Seat("elias", "Lark"),
                Seat("farah", "Maple"),
            ),
            meeting_now=4,
            cases_open=True,
            debriefed=2,
        ),
        Circle(
            key="birch",
            name="Birch",
            course="close",
            facilitators=("pirkko", "ruben"),
            seats=(Seat("toivo", "Linden"), Seat("noor", "Swift"), Seat("leif", "Aspen")),
            first_in_days=12,
        ),
        Circle(
            key="cedar",
            name="Cedar",
            course="online",
            facilitators=("ruben", "pirkko"),
            seats=(
                Seat("maud", "Wren"),
                Seat("orla", "Hazel"),
                Seat("piet", "Plover"),
                Seat("runa", "Hawthorn"),
            ),
            # Ten weekly meetings, the last one twelve days ago.
            first_in_days=-75,
            debriefed=10,
        ),
    )
}


@dataclass(frozen=True)
class Talk:
    """An interview that was held: when, with which outcome, and the words the applicant reads."""

    days_ago: float
    outcome: str
    words: str
    notes: str = ""
    come_back_in_days: int = 0


@dataclass(frozen=True)
class Applicant:
    """Somebody on the way in. Her return code is known, as the passwords are."""

    key: str
    name: str
    code: str
    began_days_ago: float
    happened: str
    in_words: str
    times: tuple[str, ...]
    wants: str = ""
    email: str = ""
    country: str = "fi"
    time_zone: str = "Europe/Helsinki"
    sent: bool = True
    # Asked to choose a time to talk.
    invited: bool = False
    talk: Talk | None = None
    offered: bool = False
    withdrew: bool = False
    # Somebody of PEOPLE who has her place by now.
    placed: str = ""


def _waits(name: str, code: str, *, weeks: float, in_words: str, times: tuple[str, ...]) -> Applicant:
    """One of those who wait for the next group about what happens online: with them it can be formed."""
    return Applicant(
        name.lower(),
        name,
        code,
        began_days_ago=weeks * 7,
        happened="online",
        in_words=in_words,
        times=times,
        talk=Talk(weeks * 7 - 5, "accept", "Thank you for the talk. A group can help now. We look for one."),
    )


APPLICANTS: dict[str, Applicant] = {
    applicant.key: applicant
    for applicant in (
        Applicant(
            "hanna",
            "Hanna",
            "7K3M-9QXA-2C4D-H5N8",
            began_days_ago=1,
            happened="online",
            in_words="Somebody in a game put pressure on our daughter. The police know. I hardly sleep.",
            times=("mon-evening", "wed-evening", "thu-evening"),
            invited=True,
        ),
        Applicant(
            "greta",
            "Greta",
            "3F8R-TZ6W-PM1B-V9YC",
            began_days_ago=26,
            happened="online",
            in_words="A stranger wrote to my son for months. It is over, and it is not over.",
            times=("tue-evening", "wed-evening", "sat-morning"),
            talk=Talk(
                21,
                "accept",
                "Thank you for the talk. A group can help now. We look for one that meets on Tuesday evening "
                "or Saturday morning and write to you as soon as there is one.",
                "Well supported at home. Would like to hear how others handle school.",
            ),
        ),
        Applicant(
            "ines",
            "Ines",
            "D2J7-X4QN-8GHT-5KRA",
            began_days_ago=6,
            happened="close",
            in_words="It was a relative. Half of the family does not speak to us any more.",
            times=("thu-evening", "fri-evening"),
            wants="birch",
            talk=Talk(
                1,
                "accept",
                "Thank you for the talk. A group can help now, and one is being formed.",
                "Ready for a group. Nobody writes to her; she looks at her return code on Sundays.",
            ),
        ),
        Applicant(
            "jonna",
            "Jonna",
            "W5PC-1NEV-6SBJ-Q3XF",
            began_days_ago=0.1,
            happened="talk",
            in_words="",
            times=("wed-morning",),
            sent=False,
        ),
        Applicant(
            "lumi",
            "Lumi",
            "9VAM-KD7T-R2ZH-4WGB",
            began_days_ago=12,
            happened="close",
            in_words="My former partner. Our child lives with me.",
            times=("fri-evening",),
            wants="birch",
            email="lumi@demo.example",
            talk=Talk(7, "accept", "Thank you for the talk. A group can help now, and one is being formed."),
            offered=True,
        ),
        Applicant(
            "mona",
            "Mona",
            "H6YS-8BXK-C1TQ-N7MD",
            began_days_ago=30,
            happened="outside",
            in_words="The court date is in three weeks. I do not know what I can take on.",
            times=("mon-evening",),
            talk=Talk(
                25,
                "not_now",
                "We agreed that the weeks around the court date are too full for a group. The support person "
                "from victim services stays with you meanwhile. We would be glad to talk again afterwards.",
                "Has a support person. Call again after the court date, as agreed.",
                come_back_in_days=40,
            ),
        ),
        Applicant(
            "nils",
            "Nils",
            "M4QT-5ZRC-J9WE-2HVP",
            began_days_ago=40,
            happened="unsure",
            in_words="My child has changed and I do not know why.",
            times=("sun-evening",),
            talk=Talk(
                33,
                "refer",
                "A talk with the family counselling in your town fits better now: they can see your child "
                "as well. If something becomes clear, come back to us with the same code.",
                "No disclosure. Family counselling has taken over.",
            ),
        ),
        _waits(
            "Pia",
            "C4XK-7WPN-R2JH-9TBD",
            weeks=5,
            in_words="He sent pictures to somebody he thought was a girl of his age.",
            times=("tue-evening", "wed-evening"),
        ),
        _waits(
            "Ronja",
            "T8ND-K3YA-6HQM-1VZC",
            weeks=4,
            in_words="The police took the computer. Nobody tells us how long it will take.",
            times=("tue-evening", "wed-evening", "thu-evening"),
        ),
        _waits(
            "Selma",
            "J6BQ-2MXR-P9KW-8DTF",
            weeks=3,
            in_words="It began in a game. She does not want to talk about it, and I do not know how.",
            times=("tue-evening", "wed-evening"),
        ),
        _waits(
            "Tilda",
            "V1HC-5ZGN-4XYS-K7QP",
            weeks=2,
            in_words="Somebody threatened our son with his own pictures. He told us after a month.",
            times=("mon-evening", "tue-evening", "wed-evening"),
        ),
        _waits(
            "Vilma",
            "N9RT-6DKJ-W3BA-2MHX",
            weeks=1.5,
            in_words="I found the messages. She is angry that I read them.",
            times=("tue-evening", "wed-evening", "sun-evening"),
        ),
        Applicant(
            "oona",
            "Oona",
            "B8GK-P3DX-Y6NA-T1JS",
            began_days_ago=15,
            happened="online",
            in_words="We have found help near us in the meantime.",
            times=("tue-evening",),
            withdrew=True,
        ),
        Applicant(
            "noor",
            "Noor",
            "Z7HE-2MCV-4QKW-R9TB",
            began_days_ago=35,
            happened="close",
            in_words="Somebody we trusted. I would like to meet others who understand.",
            times=("thu-evening", "fri-evening"),
            wants="birch",
            country="se",
            time_zone="Europe/Stockholm",
            talk=Talk(28, "accept", "Thank you for the talk. A group can help now, and one is being formed."),
            offered=True,
            placed="noor",
        ),
    )
}


def circle_of(person: str) -> Circle | None:
    """The group a parent belongs to, or None."""
    return next((c for c in CIRCLES.values() if any(seat.person == person for seat in c.seats)), None)
