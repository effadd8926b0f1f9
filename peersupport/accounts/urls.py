"""A person's own account pages, and the outbox of the demonstration."""

from __future__ import annotations

from django.urls import path

from peersupport.accounts import views

app_name = "accounts"
urlpatterns = [
    path("my/account/", views.account, name="account"),
    path("my/account/choices/", views.preferences, name="preferences"),
    path("my/account/mail/", views.reach, name="reach"),
    path("my/account/mails/", views.mails, name="mails"),
    path("my/account/address/", views.address, name="address"),
    path("my/account/address/<str:token>/", views.confirm_address, name="confirm_address"),
    path("my/account/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("my/account/data/", views.data, name="data"),
    path("u/<str:token>/", views.switch, name="switch"),
    path("outbox/", views.outbox, name="outbox"),
]
