"""What has to be right before the site starts: every page shows helplines."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils import timezone

from guides.helpline_file import problems


def helplines_can_be_read(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An error for each fault of the file."""
    return [
        Error(f"helplines.json: {text}", hint="manage.py helplines check", id="guides.E001")
        for text in problems(timezone.localdate())
    ]
