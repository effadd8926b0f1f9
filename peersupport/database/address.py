"""Where the database is: DATABASE_URL, or the embedded server's socket in the data directory."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DATABASE_NAME = "peersupport"
OWNER_ROLE = "peersupport_owner"
WEB_ROLE = "peersupport_web"


def data_dir(base: Path, chosen: str) -> Path:
    """The directory for the embedded database and generated keys.

    As root it lies under /var/lib/peersupport, where the unprivileged server user can reach it whatever
    the rights of the checkout; one directory per checkout, so that two of them never share a database.
    """
    if chosen:
        return Path(chosen).resolve()
    if os.geteuid() == 0:
        checkout = hashlib.sha256(str(base).encode()).hexdigest()[:12]
        return Path("/var/lib/peersupport") / checkout
    return base / "var"


def socket_dir(data: Path) -> Path:
    """Where the embedded server puts its socket (a path of at most 107 bytes: a Unix limit)."""
    return data / "run"


def django_database(*, web_url: str, owner_url: str, role: str, data_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry for the role asked for: "web" or "owner"."""
    if role not in {"web", "owner"}:
        raise ImproperlyConfigured("PEERSUPPORT_DATABASE_ROLE must be web or owner.")
    url = (owner_url or web_url) if role == "owner" else web_url
    chosen = _from_url(url) if url else _embedded(data_dir, role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **chosen,
    }


def _embedded(data: Path, role: str) -> dict[str, Any]:
    user = OWNER_ROLE if role == "owner" else WEB_ROLE
    return {"NAME": DATABASE_NAME, "USER": user, "HOST": str(socket_dir(data)), "OPTIONS": {}}


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// - no other database is supported."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or DATABASE_NAME,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
