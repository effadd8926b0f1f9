from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate


class DatabaseConfig(AppConfig):
    name = "peersupport.database"

    def ready(self) -> None:
        from peersupport.database import checks  # registers the system checks

        assert checks
        # The signal is sent for apps that have models, which this one has not; one sender is enough,
        # because it is sent when every migration of every app has run.
        post_migrate.connect(_grant_after_migrate, sender=apps.get_app_config("contenttypes"))


def _grant_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Tables may be new: give the site's role its rights, where we are the owner and it is another role."""
    from peersupport.database.roles import grant_web

    connection = connections[using]
    web = settings.DATABASE_WEB_ROLE
    if web and connection.settings_dict["USER"] != web:
        grant_web(connection, web)
