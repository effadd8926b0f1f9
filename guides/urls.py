"""The pages of guides that Django answers itself; what is published is served before it (serving.py)."""

from __future__ import annotations

from django.urls import path

from guides.editing_views import as_paper, text, texts
from guides.views import help_page

app_name = "guides"
urlpatterns = [
    path("help/", help_page, name="help"),
    path("texts/", texts, name="texts"),
    path("texts/<slug:language>/<slug:guide>/as-paper/", as_paper, name="as_paper"),
    path("texts/<slug:language>/<slug:guide>/<slug:slug>/", text, name="text"),
]
