"""Which modules a page's script imports, all the way down: asked for together, not in turns."""

from __future__ import annotations

import re
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "static" / "chat"
IMPORT = re.compile(r'^import .* from "\./([a-z_]+\.js)";$', re.MULTILINE)


def imported_by(script: str) -> tuple[str, ...]:
    """The static names of the modules that a script of the rooms needs, itself not among them."""
    found: dict[str, None] = {}
    waiting = [script]
    while waiting:
        for name in IMPORT.findall((SCRIPTS / waiting.pop()).read_text(encoding="utf-8")):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(f"chat/{name}" for name in sorted(found))
