"""The site with the sample pages beside its own, for a browser."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.shell.sample_settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
