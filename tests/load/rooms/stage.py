"""Sets the stage: a database that writes through to the disk, a Redis, everything on its core."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peersupport.database.cluster import Cluster
from peersupport.database.embedded import CHECKOUT
from tests.chat.processes import redis_server
from tests.load.rooms.cores import chosen, pinned
from tests.load.rooms.pace import watched
from tests.load.rooms.sides import Machine

PREPARING = (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0"))


@contextmanager
def staged(*, roles: tuple[str, ...]) -> Iterator[Machine]:
    """Database and Redis on the serving core; this process on the asking one from here on."""
    cores = chosen()
    # Not thrown away: a commit has to reach the disk, as in production.
    cluster = Cluster(Path(os.environ["PEERSUPPORT_DATA_DIR"]), roles=roles)
    with pinned(cores.asking):
        with pinned(cores.serving):
            held = cluster.held()
            held.__enter__()
            redis = redis_server()
            own_redis = redis.__enter__()
        try:
            for command in PREPARING:
                arguments = [sys.executable, CHECKOUT / "manage.py", *command]
                subprocess.run(arguments, check=True, stderr=subprocess.DEVNULL)
            with watched(cores.serving) as pace:
                yield Machine(cluster, own_redis, cores, pace)
        finally:
            redis.__exit__(None, None, None)
            held.__exit__(None, None, None)
