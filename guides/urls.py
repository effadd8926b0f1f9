"""The one page of guides that Django answers itself; the guides are served before it (serving.py)."""

from __future__ import annotations

from django.urls import path

from guides.views import help_page

app_name = "guides"
urlpatterns = [path("help/", help_page, name="help")]
