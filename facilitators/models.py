"""What facilitators write down for themselves. Nobody else reads it unless it says so."""

from __future__ import annotations

from facilitators.debrief_models import DebriefPart as DebriefPart
