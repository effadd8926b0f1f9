"""The API of the way in: public facts of coming groups; applications, for those who work on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from peersupport.accounts.api import Partner
from peersupport.accounts.models import ApiToken, User
from peersupport.audit.recording import record
from peersupport.groups import packs, taking
from peersupport.joining import desk
from peersupport.joining.access import SEEN_AT_THE_DESK, application_for_desk, applications
from peersupport.joining.api_shapes import ComingGroup, PackFile, Standing, Told
from peersupport.joining.coming import coming
from peersupport.joining.models import Application
from peersupport.vault import keys

STATES = [str(state) for state in SEEN_AT_THE_DESK]


class ComingGroups(generics.GenericAPIView[Any]):
    """The groups one can still join, the nearest first."""

    permission_classes = [AllowAny]
    serializer_class = ComingGroup

    @extend_schema(responses=ComingGroup(many=True))
    def get(self, request: Request) -> Response:
        """The groups one can still join, the nearest first; `places` is "yes", "few" or "none"."""
        page: Any = self.paginate_queryset(coming(timezone.now()))
        return self.get_paginated_response(ComingGroup(page, many=True).data)


class Coordinates(BasePermission):
    """Coordinators; to anybody else who is signed in the address does not exist."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """False, which is a 401, where nobody is signed in. Raises Http404 for the wrong person."""
        if isinstance(request.user, User) and not request.user.has_perm("joining.coordinate"):
            raise Http404
        if isinstance(request.user, Partner):
            raise Http404
        return isinstance(request.user, User)


class CoordinatesOrCounts(Coordinates):
    """Coordinators, and partners whose token is for the queue."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """As above."""
        if isinstance(request.user, Partner) and request.user.may(ApiToken.Scope.QUEUE):
            return True
        return super().has_permission(request, view)


class CoordinatesOrTakesPacks(Coordinates):
    """Coordinators, and partners whose token is for packs."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """As above."""
        if isinstance(request.user, Partner) and request.user.may(ApiToken.Scope.PACKS):
            return True
        return super().has_permission(request, view)


class OnePack(APIView):
    """One programme as a pack, to be taken over by another organisation."""

    permission_classes = [CoordinatesOrTakesPacks]

    @extend_schema(responses=PackFile)
    def get(self, request: Request, slug: str) -> Response:
        """The pack, for coordinators, and for partners whose token is for packs."""
        pack = taking.pack_of(taking.programme_for_desk(slug))
        return Response({"slug": pack.slug, "version": pack.version, "file": packs.written(pack)})


class Applications(generics.ListAPIView[Application]):
    """How applications stand, the longest wait first: no name, and nothing that was written."""

    permission_classes = [CoordinatesOrCounts]
    serializer_class = Standing
    queryset = Application.objects.none()

    def get_queryset(self) -> QuerySet[Application]:
        """Those a coordinator may see, of the state that was asked for."""
        found = applications().select_related("wanted_group").order_by(*desk.ORDERS["waiting"])
        state = self.request.query_params.get("state")
        if state is None:
            return found
        if state not in STATES:
            raise ValidationError({"state": ["One of: " + ", ".join(STATES)]})
        return found.filter(state=state)

    @extend_schema(parameters=[OpenApiParameter("state", str, enum=STATES)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How applications stand, the longest wait first, without a name: for coordinators, and for partners
        whose token is for the queue. Reading it is recorded.
        """
        answer = self.list(request, *args, **kwargs)
        read = len(answer.data["results"])
        record(what="queue.read", by=request.user.pk, about="joining.application", count=read, api=True)
        return answer


class OneApplication(APIView):
    """One application in full, for a coordinator alone."""

    permission_classes = [Coordinates]

    @extend_schema(responses=Told)
    def get(self, request: Request, application_id: UUID) -> Response:
        """One application as a coordinator reads it. Reading it is recorded."""
        found = application_for_desk(application_id)
        keys.load([found.pk])
        record(what="application.read", by=request.user.pk, about=found, api=True)
        return Response(Told(found).data)
