"""A parent applies without an account, stops, comes back, takes it back."""

from __future__ import annotations

import pytest
from django.test import Client

from peersupport.joining.models import Application
from tests.cast import Cast
from tests.joining import walking

pytestmark = pytest.mark.django_db
State = Application.State


def only() -> Application:
    return Application.objects.get()


def test_she_answers_every_question_and_sends_it(client: Client, cast: Cast) -> None:
    group = cast.birch
    code = walking.apply(client, course={"group": str(group.pk)})

    application = only()
    assert application.state == State.SENT
    assert application.wanted_group == group
    assert application.told.called == "Greta"
    assert application.told.times == ("tue-evening", "thu-evening")
    assert application.consent_version
    assert len(code.replace("-", "")) == 16
