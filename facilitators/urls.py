"""The facilitator's workspace."""

from __future__ import annotations

from django.urls import path

from facilitators import after, agreement, goodbyes, room, stand_ins, tasks, times, today

app_name = "facilitators"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/times/", times.times, name="times"),
    path("today/meeting/<uuid:meeting_id>/after/", after.after, name="after"),
    path("today/meeting/<uuid:meeting_id>/attendance/", after.attendance, name="attendance"),
    path("today/meeting/<uuid:meeting_id>/debrief/", after.debrief, name="debrief"),
    path("today/meeting/<uuid:meeting_id>/stand-in/", stand_ins.ask, name="ask_stand_in"),
    path("today/stand-ins/", stand_ins.calls, name="calls"),
    path("today/stand-ins/<uuid:call_id>/", stand_ins.answer, name="call"),
    path("today/notes/<uuid:member_id>/", goodbyes.goodbye, name="goodbye"),
    path("today/task/<uuid:task_id>/", tasks.task, name="task"),
    path("today/room/<uuid:room_id>/", room.room, name="room"),
    path("today/room/<uuid:room_id>/agreement/", agreement.agreement, name="agreement"),
    path("today/room/<uuid:room_id>/beside/", room.beside, name="beside"),
    path("today/room/<uuid:room_id>/ask/<slug:act>/", room.ask, name="ask"),
    path("today/room/<uuid:room_id>/act/", room.act, name="act"),
]
