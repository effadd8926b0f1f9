"""The group's agreement, by its version: accepted with a place, and again at each arrival."""

from __future__ import annotations

# Day of the text in templates/groups/_agreement.html. A changed text gets a new one: a test compares.
VERSION = "2026-11-22"
