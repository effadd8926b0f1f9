"""Addresses of the rooms: their pages, and the API for clients without WebSocket."""

from __future__ import annotations

from django.urls import path

from peersupport.chat import api
from peersupport.chat.pages import views

app_name = "chat"

urlpatterns = [
    path("my/<slug:slug>/words/", views.words, name="words"),
    path("room/of/<slug:slug>/", views.of_group, name="of_group"),
    path("room/line/<slug:slug>/", views.line_of_group, name="line_of_group"),
    path("room/<uuid:room_id>/", views.room, name="room"),
    path("room/<uuid:room_id>/in/", views.arrive, name="arrive"),
    path("api/v1/rooms/<uuid:room_id>/events/", api.events, name="events"),
    path("api/v1/rooms/<uuid:room_id>/messages/", api.messages, name="messages"),
]
