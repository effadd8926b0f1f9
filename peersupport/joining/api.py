"""Public facts of the groups that are coming, for partners' pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import generics, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from peersupport.joining.coming import Coming, coming


class ComingGroup(serializers.Serializer[Coming]):
    """One coming group: nothing but what the public page says."""

    title = serializers.CharField(source="group.programme.title")
    audience = serializers.CharField(source="group.programme.audience")
    not_for = serializers.CharField(source="group.programme.not_for")
    language = serializers.CharField(source="group.language")
    time_zone = serializers.CharField(source="group.time_zone")
    starts_at = serializers.DateTimeField(source="first.starts_at")
    meetings = serializers.SerializerMethodField()
    minutes = serializers.IntegerField(source="group.programme.minutes")
    places = serializers.ChoiceField(choices=["yes", "few", "none"])

    def get_meetings(self, one: Coming) -> int:
        """How many meetings the group has in all."""
        return len(one.meetings)


class Pages(PageNumberPagination):
    """Twenty to a page, at most a hundred."""

    page_size = 20
    page_size_query_param = "size"
    max_page_size = 100


class ComingGroups(generics.GenericAPIView[Any]):
    """GET: the groups one can still join, the nearest first."""

    permission_classes = [AllowAny]
    authentication_classes = []
    serializer_class = ComingGroup
    pagination_class = Pages

    def get(self, request: Request) -> Response:
        """A page of groups; `places` is "yes", "few" or "none"."""
        pages = self.pagination_class()
        page: Any = pages.paginate_queryset(coming(timezone.now()), request, view=self)
        return pages.get_paginated_response(ComingGroup(page, many=True).data)
