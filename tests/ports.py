"""Ports for the servers that tests start by themselves."""

from __future__ import annotations

import socket
from random import SystemRandom

# Below those that Linux gives to connections and to whoever asks for any port: between here and the start of
# a server nobody else is given it. Five digits, as the others have.
_OURS = range(20_000, 32_000)


def free_port() -> int:
    """A port of the loopback address on which nobody listens."""
    while True:
        port = SystemRandom().choice(_OURS)
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
