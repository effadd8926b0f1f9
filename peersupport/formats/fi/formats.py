"""Finnish: a full stop after the day, the month in the partitive, a full stop within the time
(Kielitoimiston ohjepankki: Päiväys; Kellonajat). A short month is a number: nobody writes "joulu".
"""

TIMES = {"H:i": "H.i"}
DAYS = {
    "l j F": "l j. E",
    "l j F Y": "l j. E Y",
    "j F": "j. E",
    "j F Y": "j. E Y",
    "D j M": "D j.n.",
    "D j M Y": "D j.n.Y",
    "j M": "j.n.",
    "j M Y": "j.n.Y",
}
BOTH = {f"{day}, H:i": rf"{pattern} \k\l\o H.i" for day, pattern in DAYS.items()}

globals().update(TIMES | DAYS | BOTH)
