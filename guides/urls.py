"""The pages of guides that Django answers itself; what is published is served before it (serving.py)."""

from __future__ import annotations

from django.urls import path

from guides import api
from guides.editing_views import as_paper, text, texts
from guides.help_views import help_page
from guides.past import edition_file, edition_page
from guides.views import answer_page, search_page

app_name = "guides"
EDITION = "<slug:language>/guides/<slug:guide>/editions/<int:number>/"
urlpatterns = [
    path("help/", help_page, name="help"),
    path("<slug:language>/guides/search/", search_page, name="search"),
    path("<slug:language>/guides/<slug:guide>/<slug:section>/answer/", answer_page, name="answer"),
    path(EDITION, edition_page, name="edition"),
    path(f"{EDITION}<str:file>", edition_file, name="edition_file"),
    path("api/v1/guides/", api.Guides.as_view(), name="api_guides"),
    path("api/v1/guides/<slug:language>/<slug:guide>/", api.OneGuide.as_view(), name="api_guide"),
    path("api/v1/editions/", api.Editions.as_view(), name="api_editions"),
    path("api/v1/helplines/", api.Helplines.as_view(), name="api_helplines"),
    path("texts/", texts, name="texts"),
    path("texts/<slug:language>/<slug:guide>/as-paper/", as_paper, name="as_paper"),
    path("texts/<slug:language>/<slug:guide>/<slug:slug>/", text, name="text"),
]
