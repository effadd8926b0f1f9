"""The API of programmes, and of what is the reader's own: her groups, her meetings, her time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from peersupport.accounts.api import Conflict, SignedIn
from peersupport.accounts.models import User
from peersupport.groups import marking_time
from peersupport.groups.access import memberships_of
from peersupport.groups.api_shapes import AwayDays, OwnGroup, OwnMeeting, ProgrammeFacts, Weekly
from peersupport.groups.models import Availability, Away, Facilitator, Meeting, Membership, Programme


def _person(request: Request) -> User:
    """Whoever is signed in; only for views behind SignedIn."""
    assert isinstance(request.user, User)
    return request.user


class Programmes(generics.ListAPIView[Programme]):
    """The courses that groups follow."""

    permission_classes = [AllowAny]
    serializer_class = ProgrammeFacts
    queryset = Programme.objects.filter(kept_of=None).order_by("title", "pk")


class OneProgramme(generics.RetrieveAPIView[Programme]):
    """One course."""

    permission_classes = [AllowAny]
    serializer_class = ProgrammeFacts
    queryset = Programme.objects.filter(kept_of=None)
    lookup_field = "slug"


class OwnGroups(generics.ListAPIView[Membership]):
    """The groups you belong to, the latest first."""

    permission_classes = [SignedIn]
    serializer_class = OwnGroup
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        """Hers alone, each with when it meets next."""
        ahead = Meeting.objects.filter(
            group=OuterRef("group"), ends_at__gt=timezone.now(), state=Meeting.State.PLANNED
        )
        following = Subquery(ahead.order_by("starts_at").values("starts_at")[:1])
        found = memberships_of(_person(self.request)).annotate(next_at=following)
        return found.order_by("-group__starts_on", "pk")


class OwnMeetings(generics.ListAPIView[Meeting]):
    """The meetings of your groups that are not over, the nearest first; those called off say so."""

    permission_classes = [SignedIn]
    serializer_class = OwnMeeting
    queryset = Meeting.objects.none()

    def get_queryset(self) -> QuerySet[Meeting]:
        """Of her groups alone."""
        hers = memberships_of(_person(self.request)).values("group")
        found = Meeting.objects.filter(group__in=hers, ends_at__gt=timezone.now()).select_related("group")
        return found.order_by("starts_at", "pk")


class Leads(SignedIn):
    """Facilitators; to anybody else the address does not exist."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises Http404 for somebody who leads nothing."""
        if not super().has_permission(request, view):
            return False
        if not _person(request).has_perm("groups.facilitate"):
            raise Http404
        return True


@contextmanager
def _not_too_many() -> Iterator[None]:
    """Says it as the API does where there are many rows already."""
    try:
        yield
    except marking_time.Enough as error:
        raise Conflict(_("There are many already. Please take some out first.")) from error


def _leader(request: Request) -> Facilitator:
    found = Facilitator.objects.filter(user=_person(request)).first()
    if found is None:
        raise Http404
    return found


class Times(generics.ListCreateAPIView[Availability]):
    """The times of the week at which you can lead. The same one twice stands once."""

    permission_classes = [Leads]
    serializer_class = Weekly
    queryset = Availability.objects.none()

    def get_queryset(self) -> QuerySet[Availability]:
        """Hers alone."""
        return _leader(self.request).available.order_by("weekday", "from_time", "pk")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Marks one more."""
        sent = Weekly(data=request.data)
        sent.is_valid(raise_exception=True)
        with _not_too_many():
            row = marking_time.add_time(facilitator=_leader(request), when=sent.when(), by=_person(request))
        return Response(Weekly(row).data, status=status.HTTP_201_CREATED)


class OneTime(APIView):
    """One of these times."""

    permission_classes = [Leads]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, time_id: int) -> Response:
        """Takes it out."""
        if not marking_time.remove_time(facilitator=_leader(request), row=time_id, by=_person(request)):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)


class AwayList(generics.ListCreateAPIView[Away]):
    """The days on which you lead nothing. Why is not asked."""

    permission_classes = [Leads]
    serializer_class = AwayDays
    queryset = Away.objects.none()

    def get_queryset(self) -> QuerySet[Away]:
        """Hers alone, those that are over left out."""
        return _leader(self.request).away.filter(last__gte=timezone.localdate()).order_by("first", "pk")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Notes further days."""
        sent = AwayDays(data=request.data)
        sent.is_valid(raise_exception=True)
        with _not_too_many():
            row = marking_time.add_away(facilitator=_leader(request), by=_person(request), **sent.days())
        return Response(AwayDays(row).data, status=status.HTTP_201_CREATED)


class OneAway(APIView):
    """Some of these days."""

    permission_classes = [Leads]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, away_id: int) -> Response:
        """Takes them out."""
        if not marking_time.remove_away(facilitator=_leader(request), row=away_id, by=_person(request)):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)
