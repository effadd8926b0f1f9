"""The wording somebody agrees to, by its version. A changed text gets a new one."""

from __future__ import annotations

# Day of the text in templates/joining/_limits.html and of the two sentences of the agreement question.
VERSION = "2026-11-22"
