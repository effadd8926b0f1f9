"""Pages of a member."""

from __future__ import annotations

from django.urls import path

from peersupport.groups import coming_views, feed_views, leaving_views, views

app_name = "groups"

urlpatterns = [
    path("my/", views.mine, name="mine"),
    path("my/<slug:slug>/ask/", views.ask, name="ask"),
    path("my/<slug:slug>/", views.group, name="group"),
    path("my/<slug:slug>/calendar.ics", views.calendar, name="calendar"),
    path("my/<slug:slug>/calendar/", feed_views.own, name="own_feed"),
    path("my/<slug:slug>/dates/<uuid:meeting_id>/", coming_views.own, name="coming"),
    path("my/<slug:slug>/leave/", leaving_views.leave, name="leave"),
    path("my/<slug:slug>/days/", leaving_views.days, name="days"),
    path("d/<str:token>/", coming_views.by_link, name="coming_by_link"),
    path("c/<str:token>.ics", feed_views.feed, name="feed"),
]
