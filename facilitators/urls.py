"""The facilitator's workspace."""

from __future__ import annotations

from django.urls import path

from facilitators import agreement, room, tasks, times, today

app_name = "facilitators"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/times/", times.times, name="times"),
    path("today/meeting/<uuid:meeting_id>/debrief/", today.debrief, name="debrief"),
    path("today/task/<uuid:task_id>/", tasks.task, name="task"),
    path("today/room/<uuid:room_id>/", room.room, name="room"),
    path("today/room/<uuid:room_id>/agreement/", agreement.agreement, name="agreement"),
    path("today/room/<uuid:room_id>/beside/", room.beside, name="beside"),
    path("today/room/<uuid:room_id>/ask/<slug:act>/", room.ask, name="ask"),
    path("today/room/<uuid:room_id>/act/", room.act, name="act"),
]
