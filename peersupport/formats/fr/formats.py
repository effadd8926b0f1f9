"""French: a short month has no capital, which Django gives it."""

DAYS = {"D j M": "D j b", "D j M Y": "D j b Y", "j M": "j b", "j M Y": "j b Y"}

globals().update(DAYS | {f"{day}, H:i": f"{pattern}, H:i" for day, pattern in DAYS.items()})
