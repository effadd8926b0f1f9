"""When something may be wrong. Addresses say nothing of what it is."""

from __future__ import annotations

from django.urls import path

from peersupport.safeguarding.views import country, desk, identity, levels, workspace

app_name = "safeguarding"

urlpatterns = [
    path("today/concern/", workspace.mine, name="mine"),
    path("today/concern/<uuid:member_id>/", workspace.raise_concern, name="raise"),
    path("today/concern/received/<uuid:concern_id>/", workspace.received, name="received"),
    path("today/concern/words/<uuid:excerpt_id>/", workspace.words, name="words"),
    path("today/who/<uuid:member_id>/", workspace.ask_who, name="ask_who"),
    path("today/who/shown/<uuid:look_id>/", workspace.who, name="who"),
    path("today/levels/", workspace.levels, name="today_levels"),
    path("my/told/<uuid:look_id>/", workspace.told, name="told"),
    path("desk/matters/concerns/", desk.concerns, name="concerns"),
    path("desk/matters/concerns/about/<uuid:member_id>/", desk.about, name="about"),
    path("desk/matters/concerns/words/<uuid:excerpt_id>/", desk.words, name="desk_words"),
    path("desk/matters/concerns/<uuid:concern_id>/", desk.concern, name="concern"),
    path("desk/matters/concerns/<uuid:concern_id>/country/", country.country, name="country"),
    path("desk/matters/who/about/<uuid:member_id>/", identity.ask_who, name="desk_ask_who"),
    path("desk/matters/who/shown/<uuid:look_id>/", identity.who, name="desk_who"),
    path("desk/matters/who/<uuid:look_id>/", identity.second_key, name="second_key"),
    path("desk/levels/", levels.levels, name="levels"),
    path("desk/levels/edit/", levels.edit, name="edit_levels"),
]
