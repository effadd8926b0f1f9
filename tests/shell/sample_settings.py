"""The site's settings with the sample pages."""

from pathlib import Path

from peersupport.settings import *  # noqa: F403 - settings are read by name
from peersupport.settings import TEMPLATES

ROOT_URLCONF = "tests.shell.sample"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [*TEMPLATES[0]["DIRS"], Path(__file__).with_name("templates")]}]
