"""French: the hour with an h (Lexique des règles typographiques: Heure), a short day and month with their
stops, which Django's short names lack. The spaces within an hour do not break.
"""

TIMES = {"H:i": "H\u00a0\\h\u00a0i"}
SHORT = {"D j M": r"D\. j N", "D j M Y": r"D\. j N Y", "j M": "j N", "j M Y": "j N Y"}
LONG = {day: day for day in ("l j F", "l j F Y", "j F", "j F Y")}
BOTH = {f"{day}, H:i": f"{pattern} à {TIMES['H:i']}" for day, pattern in (SHORT | LONG).items()}

globals().update(TIMES | SHORT | BOTH)
