"""Lets one side talk at one rate for a while, to be looked at with a profiler meanwhile.

python -m tests.load.rooms.watched ours|raw|single|tutorial RATE SECONDS
"""

from __future__ import annotations

import sys

from tests import throwaway


def main(name: str, rate: float, seconds: float) -> None:
    """Say the server's process, talk, say how it went."""
    throwaway.prepare_environment(on_disk=True)
    import django

    django.setup()
    from tests.load.rooms.asking import asking, say
    from tests.load.rooms.sides import Ours, Raw, Side, Tutorial
    from tests.load.rooms.stage import staged

    sides: dict[str, Side] = {
        "ours": Ours(),
        "raw": Raw(),
        "single": Raw(single=True),
        "tutorial": Tutorial(),
    }
    with staged(roles=(throwaway.TEST_ROLE,)) as machine, asking(sides[name], machine) as crowd:
        say(f"the server is process {crowd.running.pid}")
        crowd.talk(rate, seconds=seconds)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
