"""The site with the sample pages beside its own, for a browser."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.shell.sample_settings")

from typing import cast

from django.core.asgi import get_asgi_application

django_pages = get_asgi_application()

from peersupport.shell.asgi_types import ASGI  # noqa: E402 - Django has to be set up first
from peersupport.shell.files import StaticFiles  # noqa: E402 - likewise
from peersupport.shell.headers import with_headers  # noqa: E402 - likewise

application = with_headers(StaticFiles(cast(ASGI, django_pages)))
