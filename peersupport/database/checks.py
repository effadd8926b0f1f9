"""System checks: a database too old, several processes without Redis, a demonstration in public."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST_POSTGRESQL = 15


@register(Tags.database)
def database_is_new_enough(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run with `check --database default` and before every migrate."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        connection.ensure_connection()
        version = connection.connection.info.server_version // 10000
        if version < OLDEST_POSTGRESQL:
            text = f"DATABASE_URL leads to PostgreSQL {version}; {OLDEST_POSTGRESQL} or newer is needed."
            found.append(Error(text, id="database.E001"))
    return found


@register()
def processes_can_share_rooms(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """More than one process needs Redis: without it a room would be split between them."""
    if settings.PROCESSES < 1:
        return [Error("PEERSUPPORT_PROCESSES must be 1 or more.", id="database.E002")]
    if settings.PROCESSES > 1 and not settings.REDIS_URL:
        return [
            Error(
                f"PEERSUPPORT_PROCESSES is {settings.PROCESSES}, and REDIS_URL is not set.",
                hint="Set REDIS_URL, or run one process.",
                id="database.E003",
            )
        ]
    return []


@register()
def demonstration_stays_at_home(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The demonstration has known passwords: it answers this machine alone."""
    if not settings.DEMO:
        return []
    public = [host for host in (*settings.ALLOWED_HOSTS, settings.BIND) if not _is_local(host)]
    if not public:
        return []
    return [
        Error(
            f"PEERSUPPORT_DEMO=1 with an address others can reach: {', '.join(public)}.",
            hint="Unset PEERSUPPORT_DEMO for a real site; for a look at home keep the default addresses.",
            id="database.E004",
        )
    ]


def _is_local(host: str) -> bool:
    if host in {"localhost", "testserver"} or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
