"""Swedish: a short month has no capital, which Django gives it; "kl." stands between a day and a time
(Svenska skrivregler, 13).
"""

SHORT = {"D j M": "D j b", "D j M Y": "D j b Y", "j M": "j b", "j M Y": "j b Y"}
LONG = {day: day for day in ("l j F", "l j F Y", "j F", "j F Y")}
BOTH = {f"{day}, H:i": rf"{pattern} \k\l. H:i" for day, pattern in (SHORT | LONG).items()}

globals().update(SHORT | BOTH)
