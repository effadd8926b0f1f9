"""The way in, and the desk. Addresses say nothing of what this is about."""

from __future__ import annotations

from django.urls import path

from peersupport.joining import api
from peersupport.joining.views import (
    applicant,
    dates,
    desk,
    groups,
    her_talk,
    invitation,
    leaders,
    matters,
    people,
    proposals,
    record,
    talks,
)

app_name = "joining"

urlpatterns = [
    path("join/", applicant.start, name="start"),
    path("join/return/", applicant.return_code, name="return"),
    path("join/application/", applicant.application_page, name="application"),
    path("join/application/withdraw/", applicant.withdraw, name="withdraw"),
    path("join/application/erased/", applicant.erased, name="erased"),
    path("join/application/come-back/", applicant.come_back, name="come_back"),
    path("join/talk/", her_talk.talk, name="talk"),
    path("join/talk/cancel/", her_talk.cancel, name="talk_cancel"),
    path("join/talk/calendar/", her_talk.calendar, name="talk_calendar"),
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
    path("desk/places/new/", dates.new, name="desk_new_group"),
    path("desk/places/<slug:slug>/", groups.group, name="desk_group"),
    path("desk/places/<slug:slug>/off/", dates.cancel_group, name="desk_cancel_group"),
    path("desk/places/<slug:slug>/later/", dates.later, name="desk_later"),
    path("desk/places/<slug:slug>/join/", dates.merge, name="desk_merge"),
    path("desk/places/<slug:slug>/dates/<uuid:meeting_id>/", dates.move, name="desk_move"),
    path("desk/places/<slug:slug>/dates/<uuid:meeting_id>/off/", dates.cancel, name="desk_cancel"),
    path("desk/places/<slug:slug>/changes/<uuid:change_id>/", dates.take_back, name="desk_undo_change"),
    path("desk/staff/", leaders.leaders, name="desk_leaders"),
    path("desk/staff/<int:facilitator_id>/", leaders.leader, name="desk_leader"),
    path("desk/proposals/", proposals.proposals, name="desk_proposals"),
    path("desk/proposals/<uuid:run_id>/", proposals.again, name="desk_proposals_again"),
    path("desk/proposals/<uuid:run_id>/<int:number>/", proposals.accept, name="desk_proposals_accept"),
    path("desk/matters/", matters.waiting, name="desk_matters"),
    path("desk/matters/suspensions/<uuid:ejection_id>/", matters.suspension, name="desk_suspension"),
    path("desk/matters/words/<uuid:report_id>/", matters.report, name="desk_report"),
    path("desk/matters/tasks/<uuid:task_id>/", matters.task, name="desk_task"),
    path("desk/applications/<uuid:application_id>/", desk.application, name="desk_application"),
    path("desk/applications/<uuid:application_id>/interview/", record.interview, name="desk_interview"),
    path("desk/applications/<uuid:application_id>/invite/", talks.invite, name="desk_invite"),
    path("desk/applications/<uuid:application_id>/needs/", talks.needs, name="desk_needs"),
    path("desk/talks/", talks.talks, name="desk_talks"),
    path("desk/talks/<uuid:talk_id>/call-off/", talks.call_off, name="desk_call_off"),
    path("desk/applications/<uuid:application_id>/place/", desk.place, name="desk_place"),
    path("desk/applications/<uuid:application_id>/people/", people.people, name="desk_people"),
    path("api/v1/groups/", api.ComingGroups.as_view(), name="api_groups"),
]
