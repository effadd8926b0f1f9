"""What rooms carry, how fast and at what cost, beside two servers that do the same with less and with more.

Server, database and Redis share one core, the crowd has the other. Parts: rate, quiet, cpu,
memory, statements, growth, processes. To see where the server spends its time, let one rate go on and look at
the server's process from outside:

    .venv/bin/python -m tests.load.rooms.watched ours 1500 60
    py-spy record --gil --rate 500 --duration 20 --pid PID --format raw   # or: top, flamegraph
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests import throwaway
from tests.load.figures import Asked, Figure


def run(asked: Asked) -> Iterator[Figure]:
    """The figures of the parts that are asked for."""
    import django

    django.setup()
    # Only now: they stand on the models.
    from tests.load.rooms.measuring import figures
    from tests.load.rooms.stage import staged

    with staged(roles=(throwaway.TEST_ROLE,)) as machine:
        if machine.cores.shared:
            print("There is one core only: the crowd takes its share of what is measured.", file=sys.stderr)
        yield from figures(machine, asked)
