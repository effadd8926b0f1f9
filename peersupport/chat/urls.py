"""Addresses of the rooms: the API for clients without WebSocket."""

from __future__ import annotations

from django.urls import path

from peersupport.chat import api

app_name = "chat"

urlpatterns = [
    path("api/v1/rooms/<uuid:room_id>/events/", api.events, name="events"),
    path("api/v1/rooms/<uuid:room_id>/messages/", api.messages, name="messages"),
]
