"""The way in, and the desk. Addresses say nothing of what this is about."""

from __future__ import annotations

from django.urls import path

from peersupport.joining import api
from peersupport.joining.views import applicant, desk, groups, invitation, mails, matters

app_name = "joining"

urlpatterns = [
    path("join/", applicant.start, name="start"),
    path("join/return/", applicant.return_code, name="return"),
    path("join/application/", applicant.application_page, name="application"),
    path("join/application/withdraw/", applicant.withdraw, name="withdraw"),
    path("join/application/erased/", applicant.erased, name="erased"),
    path("join/application/come-back/", applicant.come_back, name="come_back"),
    path("join/check/", applicant.check, name="check"),
    path("join/code/", applicant.code, name="code"),
    path("join/close/", applicant.close, name="close"),
    path("join/welcome/", invitation.welcome, name="welcome"),
    path("join/invitation/", invitation.invitation, name="invitation"),
    path("join/invitation/decline/", invitation.decline, name="decline"),
    path("join/invitation/<str:token>/", invitation.invited_by_link, name="invited"),
    path("join/<slug:slug>/", applicant.question, name="question"),
    path("desk/", desk.queue, name="desk"),
    path("desk/places/", desk.places, name="desk_places"),
    path("desk/places/<uuid:placement_id>/take-back/", desk.take_back, name="desk_take_back"),
    path("desk/places/<slug:slug>/", groups.group, name="desk_group"),
    path("desk/mails/", mails.mails, name="desk_mails"),
    path("desk/matters/", matters.waiting, name="desk_matters"),
    path("desk/matters/suspensions/<uuid:ejection_id>/", matters.suspension, name="desk_suspension"),
    path("desk/matters/words/<uuid:report_id>/", matters.report, name="desk_report"),
    path("desk/matters/tasks/<uuid:task_id>/", matters.task, name="desk_task"),
    path("desk/applications/<uuid:application_id>/", desk.application, name="desk_application"),
    path("desk/applications/<uuid:application_id>/interview/", desk.interview, name="desk_interview"),
    path("desk/applications/<uuid:application_id>/place/", desk.place, name="desk_place"),
    path("api/v1/groups/", api.ComingGroups.as_view(), name="api_groups"),
]
