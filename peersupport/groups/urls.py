"""Pages of a member."""

from __future__ import annotations

from django.urls import path

from peersupport.groups import feed_views, views

app_name = "groups"

urlpatterns = [
    path("my/", views.mine, name="mine"),
    path("my/<slug:slug>/ask/", views.ask, name="ask"),
    path("my/<slug:slug>/", views.group, name="group"),
    path("my/<slug:slug>/calendar.ics", views.calendar, name="calendar"),
    path("my/<slug:slug>/calendar/", feed_views.own, name="own_feed"),
    path("c/<str:token>.ics", feed_views.feed, name="feed"),
]
