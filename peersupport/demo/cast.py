"""The named cast of the demonstration and of the tests, as data. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

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
        Person("berit", "Berit", sign_in_name="amber-lake-2741", country="se", time_zone="Europe/Stockholm"),
        Person("chloe", "Chloé", email="chloe@demo.example", country="fr", time_zone="Europe/Paris"),
        Person("dara", "Dara", sign_in_name="quiet-harbour-5180", country="gb", time_zone="Europe/London"),
        Person("elias", "Elias", email="elias@demo.example"),
        Person("farah", "Farah", sign_in_name="clear-meadow-9036"),
        # Parents of other groups.
        Person("toivo", "Toivo", email="toivo@demo.example"),
        Person("noor", "Noor", sign_in_name="early-garden-4417", country="se", time_zone="Europe/Stockholm"),
        Person("leif", "Leif", email="leif@demo.example"),
        Person("maud", "Maud", sign_in_name="round-pebble-6652", country="fr", time_zone="Europe/Paris"),
        Person("orla", "Orla", email="orla@demo.example", country="ie", time_zone="Europe/Dublin"),
        Person("piet", "Piet", sign_in_name="soft-morning-1308"),
        Person("runa", "Runa", email="runa@demo.example"),
        # Staff.
        Person(
            "maija",
            "Maija",
            email="maija@demo.example",
            role="facilitator",
            display_name="Maija",
            languages=("en", "fi"),
        ),
        Person(
            "oskar",
            "Oskar",
            email="oskar@demo.example",
            role="facilitator",
            display_name="Oskar",
            languages=("en", "sv"),
        ),
        Person(
            "pirkko",
            "Pirkko",
            email="pirkko@demo.example",
            role="facilitator",
            display_name="Pirkko",
            languages=("en", "fi"),
        ),
        Person(
            "ruben",
            "Ruben",
            email="ruben@demo.example",
            role="facilitator",
            display_name="Ruben",
            languages=("en", "sv"),
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


def circle_of(person: str) -> Circle | None:
    """The group a parent belongs to, or None."""
    return next((c for c in CIRCLES.values() if any(seat.person == person for seat in c.seats)), None)
