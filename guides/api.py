"""The public API: guides, their editions, and helplines, for partners' own sites and apps.

What is asked for most, a whole guide, is answered before Django (serving.py) with the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from guides import addresses
from guides.api_shapes import EditionFacts, GuideFacts, HelplineFacts, WholeGuide
from guides.helplines import countries, for_country, narrowed
from guides.models import Edition, Rendition
from guides.needs import NEEDS
from guides.sharing import ANY_ORIGIN, JSON

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 80
A_WORD = {"type": "string", "pattern": rf"^{WORD.pattern}$", "maxLength": LONGEST}
LANGUAGE = OpenApiParameter("language", A_WORD, description="Such as fi.")
GUIDE = OpenApiParameter("guide", A_WORD, description="Such as next-steps.")


class ForAnySite(APIView):
    """Public and the same for everybody: any site may read it, keep it and ask whether it still holds."""

    permission_classes = [AllowAny]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds who may read it and an ETag, and answers 304 where that is what the reader has."""
        done = super().finalize_response(request, response, *args, **kwargs)
        if done.status_code == 200:
            etag = done.headers.get("ETag") or f'"{_digest(done)}"'
            if etag in {each.strip() for each in request.headers.get("If-None-Match", "").split(",")}:
                done = super().finalize_response(request, Response(status=304), *args, **kwargs)
            done["ETag"] = etag
        done[ANY_ORIGIN[0]] = ANY_ORIGIN[1]
        return done


def _digest(answer: Response) -> str:
    # What is not JSON yet (days, and words of a language) is told by its words.
    return hashlib.sha256(json.dumps(answer.data, default=str).encode()).hexdigest()[:32]


class Guides(ForAnySite, generics.ListAPIView[Edition]):
    """The guides, each in every language in which it is published."""

    serializer_class = GuideFacts
    queryset = Edition.objects.none()

    def get_queryset(self) -> QuerySet[Edition]:
        """The newest edition of each, with its guide.yaml and without the rest of its text."""
        found = _asked(self.request, Edition.objects.all()).order_by("language", "guide", "-number")
        facts = KeyTextTransform("guide.yaml", "source")
        return found.distinct("language", "guide").annotate(facts=facts).defer("source")

    @extend_schema(parameters=[LANGUAGE])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The guides, each in every language in which it is published."""
        return self.list(request, *args, **kwargs)


class OneGuide(ForAnySite):
    """One guide in one language, whole."""

    @extend_schema(responses=WholeGuide)
    def get(self, request: Request, language: str, guide: str) -> HttpResponse:
        """One guide in one language: every section as HTML and as plain text, its sources, dates and papers.
        You may keep it; look again after some days.
        """
        path = addresses.data(language, guide)
        row = Rendition.objects.current().filter(path=path).defer("gzip", "brotli").first()
        if row is None:
            raise Http404
        answer = HttpResponse(bytes(row.body), content_type=JSON)
        answer["ETag"] = f'"{row.etag}"'
        return answer


class Editions(ForAnySite, generics.ListAPIView[Edition]):
    """Every edition of every guide, the newest first."""

    serializer_class = EditionFacts
    queryset = Edition.objects.none()

    def get_queryset(self) -> QuerySet[Edition]:
        """Of the language and guide that were asked for, or all."""
        newer = Edition.objects.filter(
            language=OuterRef("language"), guide=OuterRef("guide"), number__gt=OuterRef("number")
        )
        found = _asked(self.request, Edition.objects.all()).annotate(newest=~Exists(newer)).defer("source")
        return found.order_by("-published_at", "language", "guide", "-number")

    @extend_schema(parameters=[LANGUAGE, GUIDE])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every edition of every guide, the newest first. An edition never changes."""
        return self.list(request, *args, **kwargs)


def _asked(request: Request, found: QuerySet[Edition]) -> QuerySet[Edition]:
    """Only of the language and the guide that were asked for. ValidationError for what can be neither."""
    for name in ("language", "guide"):
        if (word := request.query_params.get(name)) is not None:
            if len(word) > LONGEST or not WORD.fullmatch(word):
                raise ValidationError({name: [_("Small letters, digits and hyphens.")]})
            found = found.filter(**{name: word})
    return found


class Helplines(ForAnySite, generics.GenericAPIView[Any]):
    """The helplines of a country."""

    serializer_class = HelplineFacts

    @extend_schema(
        parameters=[
            OpenApiParameter("country", str, description="Such as fi; without it the organisation's own."),
            OpenApiParameter("need", str, enum=[*NEEDS]),
            OpenApiParameter(
                "language", str, pattern=LANGUAGE.pattern, description="One it speaks, such as fi."
            ),
        ],
        responses=HelplineFacts(many=True),
    )
    def get(self, request: Request) -> Response:
        """The helplines of a country, by need and language, in the order in which they are shown. Emergency
        numbers are always among them. Do not keep them for longer than a day, and show `mark`.
        """
        asked = request.query_params
        now = timezone.now()
        country = for_country(asked.get("country", settings.COUNTRY), timezone.localdate(now), now=now)
        if country is None:
            known = ", ".join(code for code, _name in countries())
            raise NotFound(_("We have no list for that country, but for: %(known)s") % {"known": known})
        need, language = asked.get("need", ""), asked.get("language", "")
        if need and need not in NEEDS:
            raise ValidationError({"need": [_("One of: %(known)s") % {"known": ", ".join(NEEDS)}]})
        found = narrowed(country, need=need, language=language).lines
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(HelplineFacts(page, many=True).data)
