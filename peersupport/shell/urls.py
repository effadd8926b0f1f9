"""Home, leaving, and the pages about the site."""

from __future__ import annotations

from django.urls import path

from peersupport.shell import api_pages, languages, leaving, views

app_name = "shell"
urlpatterns = [
    path("", views.home, name="home"),
    path("leave/", leaving.leave, name="leave"),
    path("language/", languages.choose, name="language"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("about-this-button/", views.about_leaving, name="about_leaving"),
    path("api/", api_pages.page, name="api"),
    path("api/v1/schema/", api_pages.schema, name="api_schema"),
]
