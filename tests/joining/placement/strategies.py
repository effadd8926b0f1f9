"""Random, small placements for hypothesis: every rule has something to break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from peersupport.joining.placement.facts import (
    Course,
    Facilitator,
    Facts,
    Locks,
    OpenGroup,
    Pair,
    Parent,
    Place,
    Slot,
)

MONDAY = datetime(2026, 3, 2, 16, tzinfo=UTC)
COURSES = (Course("online", 2, 3), Course("close", 3, 4))
# Two that overlap, one that does not.
SLOTS = tuple(
    Slot(
        name,
        tuple(
            (MONDAY + at + week, MONDAY + at + week + timedelta(minutes=90))
            for week in (timedelta(), timedelta(7))
        ),
    )
    for name, at in (("mon", timedelta()), ("mon-later", timedelta(hours=1)), ("tue", timedelta(days=1)))
)

slot_ids = st.frozensets(st.sampled_from([slot.id for slot in SLOTS]))
languages = st.frozensets(st.sampled_from(["en", "fi"]), min_size=1)
courses = st.frozensets(st.sampled_from([course.id for course in COURSES]), min_size=1)
places = st.builds(
    Place,
    st.sampled_from(["online", "close"]),
    st.sampled_from(["en", "fi"]),
    st.sampled_from(["mon", "tue"]),
)


@st.composite
def facts(draw: st.DrawFn, *, locked: bool = False) -> Facts:
    """Up to ten parents, five facilitators and two open groups, with pairs of every kind."""
    names = [f"p{n}" for n in range(draw(st.integers(0, 10)))]
    leaders = [f"f{n}" for n in range(draw(st.integers(0, 5)))]
    pairs = st.frozensets(_pairs([*names, *leaders]), max_size=4) if len(names) > 1 else st.just(frozenset())
    among = st.frozensets(_pairs(names), max_size=2) if len(names) > 1 else st.just(frozenset())
    apart = draw(pairs)
    return Facts(
        courses=COURSES,
        slots=SLOTS,
        parents=tuple(draw(_parent(name)) for name in names),
        facilitators=tuple(draw(_facilitator(name)) for name in leaders),
        groups=tuple(draw(_group(f"g{n}", names)) for n in range(draw(st.integers(0, 2)))),
        apart=apart,
        near=draw(among),
        together=draw(among) - apart,
        locks=draw(_locks([*names, *leaders])) if locked else Locks(),
    )


def _pairs(people: list[str]) -> st.SearchStrategy[Pair]:
    two = st.lists(st.sampled_from(people), min_size=2, max_size=2, unique=True)
    return two.map(lambda pair: Pair.of(*pair))


@st.composite
def _parent(draw: st.DrawFn, name: str) -> Parent:
    free = draw(slot_ids)
    prefers = frozenset(sorted(free)[: draw(st.integers(0, 2))])
    return Parent(name, draw(languages), draw(courses), free, prefers, draw(st.integers(0, 40)))


@st.composite
def _facilitator(draw: st.DrawFn, name: str) -> Facilitator:
    return Facilitator(name, draw(languages), draw(courses), draw(slot_ids), draw(st.integers(0, 2)))


@st.composite
def _group(draw: st.DrawFn, name: str, parents: list[str]) -> OpenGroup:
    some = st.frozensets(st.sampled_from(parents), max_size=2) if parents else st.just(frozenset())
    place = draw(places)
    return OpenGroup(name, *place[:3], draw(st.integers(0, 3)), draw(some), draw(some))


@st.composite
def _locks(draw: st.DrawFn, people: list[str]) -> Locks:
    if not people:
        return Locks()
    someone = st.sampled_from(people)
    return Locks(
        at=draw(st.dictionaries(someone, places, max_size=2)),
        never=draw(st.frozensets(st.tuples(someone, places), max_size=3)),
        closed=draw(st.frozensets(places, max_size=1)),
    )
