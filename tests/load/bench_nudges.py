"""bin/bench nudges: how well the word lists find what they should, and what looking over a message costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import django

from tests.load.figures import Asked, Figure

# Two hundred characters in which there is nothing to find, as most messages are, in each language.
USUAL = (
    "Thank you all for last week. I tried the breathing thing in the car before going in and it helped a "
    "little. My sister came along, which I did not expect, and we had coffee after. How is everyone today?",
    "Kiitos kaikille viime viikosta. Kokeilin sitä hengitysharjoitusta autossa ennen kuin menin sisään, ja "
    "se auttoi vähän. Siskoni tuli mukaan, mitä en odottanut, ja joimme kahvit jälkeenpäin. Miten te muut?",
    "Tack för förra veckan. Jag provade andningen i bilen innan jag gick in och det hjälpte lite grann. Min "
    "syster följde med, vilket jag inte väntade mig, och vi drack kaffe efteråt. Hur mår ni andra i dag?",
    "Merci à toutes pour la semaine dernière. J'ai essayé la respiration dans la voiture avant d'entrer et "
    "cela m'a un peu aidée. Ma soeur est venue, je ne m'y attendais pas. Et vous, comment ça va ?",
)
ROUNDS, TIMES = 7, 500


def run(asked: Asked) -> Iterable[Figure]:
    """Shares of sentences missed and of false alarms; microseconds for a message."""
    django.setup()
    from peersupport.chat import nudges
    from tests.chat.measuring import score

    for about, misses, alarms in (("details", 0.05, 0.05), ("evidence", 0.1, 0.1), ("distress", 0.1, 0.1)):
        found = score(about)
        yield Figure(f"{about}: share missed", found.misses, "", must=misses)
        yield Figure(f"{about}: false alarms", found.alarms, "", must=alarms)
    nudges.prepare()
    usual = _microseconds(lambda text: nudges.look_over(text, country="fi"), USUAL)
    yield Figure("a message of 200 characters, nothing in it", usual, "µs", must=150, aim=40)
    long = tuple((text * 2)[:400].replace("coffee", "coffee at 18:30 at school") for text in USUAL)
    found_in = _microseconds(lambda text: nudges.look_over(text, country="fi", cases_open=True), long)
    yield Figure("400 characters, cases open, a time in it", found_in, "µs", must=1000, aim=300)


def _microseconds(look: Callable[[str], object], texts: tuple[str, ...]) -> float:
    """The best of some rounds: what the machine does beside it only ever adds."""
    rounds = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        for _time in range(TIMES):
            for text in texts:
                look(text)
        rounds.append((time.perf_counter() - began) / TIMES / len(texts) * 1e6)
    return min(rounds)
