"""From which pages a browser may open a socket or send a form: the demonstration adds two, and no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from peersupport.database.embedded import CHECKOUT

pytestmark = pytest.mark.check(32)

PORT = 8123
OF_THE_DEMONSTRATION = [f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"]
PUBLIC = "https://rooms.example.org"
NEAR_MISSES = (
    *("http://localhost", "http://127.0.0.1", f"http://localhost:{PORT + 1}", f"http://127.0.0.1:{PORT}0"),
    *(
        f"https://localhost:{PORT}",
        f"http://127.0.0.2:{PORT}",
        f"http://[::1]:{PORT}",
        f"ws://localhost:{PORT}",
    ),
    *(f"http://localhost.example.org:{PORT}", f"http://sub.localhost:{PORT}", f"http://0.0.0.0:{PORT}"),
    *(
        f"http://example.org:{PORT}",
        f"http://rooms.example.org:{PORT}",
        "http://rooms.example.org",
        "null",
        "",
    ),
)
# What a server that is set up so lets in, asked at the very door that its sockets have.
ASKS = """
import asyncio, json, sys, django
django.setup()
from django.conf import settings
from peersupport.chat.hub.sockets import application
let_in = []
async def inside(scope, receive, send):
    let_in.append(dict(scope["headers"])[b"origin"].decode())
async def receive():
    return {"type": "websocket.disconnect" if refused else "websocket.connect", "code": 1006}
async def send(message):
    refused.append(message)
application.application = inside
for origin in json.load(sys.stdin):
    refused = []
    scope = {"type": "websocket", "path": "/", "headers": [(b"origin", origin.encode())]}
    asyncio.run(application(scope, receive, send))
print(json.dumps({"let in": let_in, "forms": settings.CSRF_TRUSTED_ORIGINS}))
"""


def found(**environment: str) -> dict[str, list[str]]:
    """The origins let in to sockets and to forms by a site with these settings."""
    settings = {"DJANGO_SETTINGS_MODULE": "peersupport.settings", "PEERSUPPORT_ORIGINS": PUBLIC}
    asked = subprocess.run(
        [sys.executable, "-c", ASKS],
        cwd=CHECKOUT,
        env={**os.environ, **settings, "PORT": str(PORT), **environment},
        input=json.dumps([PUBLIC, *OF_THE_DEMONSTRATION, *NEAR_MISSES]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    answer: dict[str, list[str]] = json.loads(asked.stdout)
    return answer


def test_in_the_demonstration_its_own_two_addresses_are_let_in_as_well_and_nothing_near_them() -> None:
    inside = found(PEERSUPPORT_DEMO="1")
    assert inside["let in"] == [PUBLIC, *OF_THE_DEMONSTRATION]
    assert sorted(inside["forms"]) == sorted([PUBLIC, *OF_THE_DEMONSTRATION])


@pytest.mark.parametrize("demo", ["", "0"])
def test_anywhere_else_they_are_as_foreign_as_any_other(demo: str) -> None:
    assert found(PEERSUPPORT_DEMO=demo) == {"let in": [PUBLIC], "forms": [PUBLIC]}
