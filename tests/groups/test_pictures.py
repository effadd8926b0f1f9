"""Nothing but text is said in a group; where pictures can be taken down stands beside that."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.groups.test_last_meeting import published

pytestmark = pytest.mark.django_db
CHAPTER = "/en/guides/next-steps/taking-down/"


def test_the_page_of_a_group_leads_to_where_pictures_are_taken_down_once_that_is_published(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.aino)
    path = f"/my/{cast.alder.slug}/"
    before = client.get(path).content.decode()
    assert "no pictures, no files" in before
    assert "taken down" not in before
    published(CHAPTER)
    assert f'href="{CHAPTER}"' in client.get(path).content.decode()
