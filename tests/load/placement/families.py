"""Made-up people who wait and people who lead, with the evenings that such people have."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from peersupport.joining.placement.facts import Course, Facilitator, Facts, Pair, Parent, Slot

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
MEETINGS, LENGTH = 10, timedelta(minutes=90)
COURSES = (Course("online", 6, 8), Course("close", 6, 8))
LANGUAGES, SHARES = ("fi", "en", "sv", "fr"), (55, 25, 12, 8)
# When people say that they have time, by hour: most after work, some while children are at school.
HOURS = {9: 4, 10: 5, 11: 3, 12: 3, 13: 3, 14: 2, 15: 2, 16: 5, 17: 9, 18: 14, 19: 16, 20: 10}
# How many name a part of the day.
PARTS = {"morning": 2, "afternoon": 2, "evening": 8}
DAYS = (10, 12, 11, 10, 4, 5, 7)


def evenings(*, parents: int, facilitators: int, slots: int, seed: int) -> Facts:
    """So many of each; a parent has two to five parts of the week, such as Tuesday evening."""
    chance = random.Random(seed)
    times = _slots(chance, slots)
    people = tuple(_parent(chance, n, times, parts=(2, 5)) for n in range(parents))
    leaders = tuple(_facilitator(chance, n, times, parts=(3, 7)) for n in range(facilitators))
    return Facts(
        courses=COURSES,
        slots=tuple(times),
        parents=people,
        facilitators=leaders,
        apart=_pairs(chance, people, len(people) // 12),
        near=_pairs(chance, people, len(people) // 6),
    )


def scarce(*, seed: int) -> Facts:
    """120 who wait with few times in common: first come, first served leaves more than half waiting."""
    chance = random.Random(1000 + seed)
    times = _slots(chance, 40)
    people = tuple(_parent(chance, n, times, parts=(2, 4)) for n in range(120))
    leaders = tuple(_facilitator(chance, n, times, parts=(4, 7)) for n in range(30))
    return Facts(COURSES, tuple(times), people, leaders, apart=_pairs(chance, people, 8))


def _slots(chance: random.Random, number: int) -> list[Slot]:
    """Times of the week, half an hour apart at least; some overlap."""
    starts: dict[tuple[int, int, int], None] = {}
    while len(starts) < number:
        day = chance.choices(range(7), DAYS)[0]
        hour = chance.choices(list(HOURS), list(HOURS.values()))[0]
        starts[day, hour, chance.choice((0, 0, 30))] = None
    return [_slot(*start) for start in sorted(starts)]


def _slot(day: int, hour: int, minute: int) -> Slot:
    first = MONDAY + timedelta(days=day, hours=hour, minutes=minute)
    weeks = [first + timedelta(weeks=week) for week in range(MEETINGS)]
    return Slot(f"{day}-{hour:02d}{minute:02d}", tuple((start, start + LENGTH) for start in weeks))


def _parent(chance: random.Random, number: int, times: list[Slot], *, parts: tuple[int, int]) -> Parent:
    free = _free(chance, times, chance.randint(*parts))
    language = chance.choices(LANGUAGES, SHARES)[0]
    courses = frozenset(chance.choices([course.id for course in COURSES], (6, 4)))
    prefers = frozenset(chance.sample(sorted(free), min(len(free), chance.randint(0, 2))))
    weeks = int(chance.expovariate(1 / 8))
    return Parent(f"p{number}", frozenset({language}), courses, free, prefers, weeks)


def _facilitator(
    chance: random.Random, number: int, times: list[Slot], *, parts: tuple[int, int]
) -> Facilitator:
    free = _free(chance, times, chance.randint(*parts))
    speaks = {chance.choices(LANGUAGES, SHARES)[0]} | ({"en"} if chance.random() < 0.4 else set())
    courses = [course.id for course in COURSES]
    knows = frozenset(courses if chance.random() < 0.6 else chance.sample(courses, 1))
    return Facilitator(f"f{number}", frozenset(speaks), knows, free, load=chance.choice((1, 2, 2)))


def _free(chance: random.Random, times: list[Slot], number: int) -> frozenset[str]:
    """Every time in some parts of the week: who has time on Tuesday evening has it at six and at seven."""
    parts: dict[tuple[str, str], list[str]] = {}
    for slot in times:
        day, hour = slot.id[0], int(slot.id[2:4])
        part = "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
        parts.setdefault((day, part), []).append(slot.id)
    weights = [PARTS[part] for _day, part in parts]
    chosen = chance.choices(list(parts), weights, k=number)
    return frozenset(slot for part in chosen for slot in parts[part])


def _pairs(chance: random.Random, people: tuple[Parent, ...], number: int) -> frozenset[Pair]:
    names = [person.id for person in people]
    return frozenset(Pair.of(*chance.sample(names, 2)) for _pair in range(number))
