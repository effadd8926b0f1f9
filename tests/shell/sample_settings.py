"""The site's settings with the sample pages."""

from pathlib import Path
from typing import Any

from peersupport.settings import *  # noqa: F403 - settings are read by name
from peersupport.settings import TEMPLATES

ROOT_URLCONF = "tests.shell.sample"
_engine: dict[str, Any] = dict(TEMPLATES[0])
TEMPLATES = [{**_engine, "DIRS": [*_engine["DIRS"], Path(__file__).with_name("templates")]}]
