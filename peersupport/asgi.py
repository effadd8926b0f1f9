"""The one ASGI application: pages, API and sockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
