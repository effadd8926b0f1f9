"""Holds the embedded database for a command or a server, where DATABASE_URL names none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peersupport.database import address
from peersupport.database.cluster import Cluster

CHECKOUT = Path(__file__).resolve().parents[2]


@contextmanager
def database_held(*, database_url: str, data_dir: str) -> Iterator[None]:
    """Have a database inside this block: the named server's own business, or the embedded one running.

    The arguments are the settings DATABASE_URL and PEERSUPPORT_DATA_DIR as they stand in the environment.
    Raises CannotStart.
    """
    if database_url:
        yield
        return
    with Cluster(address.data_dir(CHECKOUT, data_dir)).held():
        yield
