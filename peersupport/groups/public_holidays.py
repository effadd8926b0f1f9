"""Public holidays of countries, by the library `holidays`. No network, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays
from holidays.registry import EntityLoader


def known(country: str) -> bool:
    """Whether the library knows the holidays of a country (ISO 3166-1, any case)."""
    # The registry alone: to list what is supported would load two hundred countries.
    return country.upper() in EntityLoader.get_country_codes(include_aliases=False)


def holidays_between(countries: Iterable[str], first: date, last: date) -> dict[date, str]:
    """What each public holiday from `first` to `last` is called: "Christmas Day (fi)".

    A country that is not known has none. Of two countries' names for one day both are given.
    """
    named: dict[date, list[str]] = {}
    for country in sorted({one.lower() for one in countries}):
        if not known(country):
            continue
        years = range(first.year, last.year + 1)
        # English, as the desk is, where the library has it; else the country's own language.
        for day, name in holidays.country_holidays(country.upper(), years=years, language="en_US").items():
            if first <= day <= last:
                named.setdefault(day, []).append(f"{name} ({country})")
    return {day: ", ".join(names) for day, names in sorted(named.items())}
