"""Every page of the site, by room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

handler400 = "peersupport.shell.errors.bad_request"
handler403 = "peersupport.shell.errors.not_allowed"
handler404 = "peersupport.shell.errors.not_found"
handler500 = "peersupport.shell.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("peersupport.shell.urls")),
    path("", include("peersupport.accounts.urls")),
    path("account/", include("peersupport.accounts.library_urls")),
    path("", include("peersupport.groups.urls")),
    path("", include("guides.urls")),
    path("", include("peersupport.joining.urls")),
    path("", include("peersupport.safeguarding.urls")),
    path("", include("peersupport.chat.urls")),
    path("", include("facilitators.urls")),
]
