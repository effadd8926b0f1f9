"""The times for talks that lie ahead, as the desk shows them: when, how, and who has chosen which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.joining.models import TalkTime
from peersupport.vault import keys


@dataclass(frozen=True)
class Line:
    """One time, and what to call whoever has chosen it; "" where it is free."""

    talk: TalkTime
    called: str
    mine: bool


def ahead(now: datetime) -> QuerySet[TalkTime]:
    """Every coordinator's times that are not over, the nearest first."""
    return TalkTime.objects.select_related("application").filter(ends_at__gt=now)


def lines(page: list[TalkTime], reader: User) -> list[Line]:
    """What a page of them shows. One statement for all keys, whatever the page's length."""
    keys.load(talk.application_id for talk in page if talk.application_id is not None)
    return [
        Line(
            talk=talk,
            called=talk.application.told.called if talk.application is not None else "",
            mine=talk.offered_by == reader.pk,
        )
        for talk in page
    ]


def talk_for_desk(talk_id: UUID) -> TalkTime:
    """One time for a coordinator. Http404 where there is none."""
    found = TalkTime.objects.filter(pk=talk_id).first()
    if found is None:
        raise Http404
    return found
