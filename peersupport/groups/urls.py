"""Pages of a member."""

from __future__ import annotations

from django.urls import path

from peersupport.groups import api, coming_views, feed_views, leaving_views, views

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
    path("api/v1/programmes/", api.Programmes.as_view(), name="api_programmes"),
    path("api/v1/programmes/<slug:slug>/", api.OneProgramme.as_view(), name="api_programme"),
    path("api/v1/my/groups/", api.OwnGroups.as_view(), name="api_own_groups"),
    path("api/v1/my/meetings/", api.OwnMeetings.as_view(), name="api_own_meetings"),
    path("api/v1/my/times/", api.Times.as_view(), name="api_times"),
    path("api/v1/my/times/<int:time_id>/", api.OneTime.as_view(), name="api_time"),
    path("api/v1/my/away/", api.AwayList.as_view(), name="api_away"),
    path("api/v1/my/away/<int:away_id>/", api.OneAway.as_view(), name="api_away_days"),
    path("c/<str:token>.ics", feed_views.feed, name="feed"),
]
