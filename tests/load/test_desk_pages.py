"""No page of the desk asks the database more often because more people have applied."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.load import desk_pages
from tests.registries.visitors import town

# Committed, because keys of a transaction that may roll back are not kept in memory.
pytestmark = pytest.mark.django_db(transaction=True)
FEW, MANY = 3, 30


def test_every_page_costs_as_many_statements_with_many_applications_as_with_few() -> None:
    cast = Cast(timezone.now())
    streets = town(cast)
    salla = streets.browsers["coordinator"]
    pages = desk_pages.addresses(streets)
    desk_pages.more_applications(cast, FEW)
    desk_pages.visit(salla, pages["joining:desk"])
    few = {name: desk_pages.visit(salla, path) for name, path in pages.items()}
    desk_pages.more_applications(cast, MANY - FEW)
    grown = {}
    for name, path in pages.items():
        many = desk_pages.visit(salla, path)
        if many.statements != few[name].statements:
            more, less = Counter(many.asked), Counter(few[name].asked)
            grown[name] = {"more": more - less, "less": less - more}
    assert len(pages) > 15
    assert grown == {}
