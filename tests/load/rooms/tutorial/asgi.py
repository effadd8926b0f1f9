"""uvicorn tests.load.rooms.tutorial.asgi:application"""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.rooms.tutorial.settings"

import django

django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.management import call_command
from django.urls import re_path

from tests.load.rooms.tutorial.consumers import ChatConsumer

call_command("migrate", run_syncdb=True, verbosity=0)
# The stubs know only views here; Channels takes ASGI applications.
chat = re_path(r"ws/chat/(?P<room_name>\w+)/$", ChatConsumer.as_asgi())  # type: ignore[arg-type]
application = ProtocolTypeRouter({"websocket": URLRouter([chat])})  # type: ignore[list-item]  # likewise
