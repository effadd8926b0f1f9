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
# A migration that waits for a lock stands before every other statement on that table: it gives up instead.
# A page's statement that runs long holds a connection that a room needs.
BOUNDS = {
    "owner": "-c lock_timeout=2s",
    "web": "-c statement_timeout=15s -c idle_in_transaction_session_timeout=60s",
}
# Seconds a page waits for a connection. With the database away that is how long a reader waits to be told.
POOL_WAIT = 3
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107


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
    """Where the embedded server puts its socket: in the data directory, if the path is short enough.

    A socket's path has at most 107 bytes (unix(7)). Below a deep directory a short one in /tmp stands in,
    closed to others and named after the data directory, so that all who ask get the same answer.
    """
    inside = data / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        return inside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(f"/tmp/peersupport-{name}")  # noqa: S108 - its owner is checked before it is used


def django_database(
    *, web_url: str, owner_url: str, role: str, data_dir: Path, pool: int = 0
) -> dict[str, Any]:
    """Django's DATABASES entry for the role asked for: "web" or "owner".

    `pool` is how many connections the process keeps open at most; 0: each is closed after its request.
    """
    if role not in {"web", "owner"}:
        raise ImproperlyConfigured("PEERSUPPORT_DATABASE_ROLE must be web or owner.")
    url = (owner_url or web_url) if role == "owner" else web_url
    chosen = _from_url(url) if url else _embedded(data_dir, role)
    # libpq's own option of that name may be in the address already; ours come first, so that it wins.
    bounds = f"{BOUNDS[role]} {chosen['OPTIONS'].pop('options', '')}".strip()
    chosen["OPTIONS"]["options"] = bounds
    if pool:
        chosen["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": POOL_WAIT}
    return {
        "ENGINE": "django.db.backends.postgresql",
        # Requests run on ever new threads: a connection kept by one of them would never be used again.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        **chosen,
    }


def web_role(web_url: str) -> str:
    """The role the running site connects as."""
    return unquote(urlsplit(web_url).username or "") if web_url else WEB_ROLE


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
