"""Keeps the embedded PostgreSQL running for as long as anyone holds it, and no longer.

Run as a script of its own with nothing but the standard library, detached from the terminal:

    python keeper.py HOLDERS LOG UID GID POSTGRES ARGUMENT…

Every process that uses the database holds a shared lock on HOLDERS. This one asks for an exclusive lock: the
kernel grants it when the last holder has let go or was killed, and then the server is stopped. A server that
dies while it is held is started again. If this process itself is killed, the kernel sends the server SIGINT.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

FAST_SHUTDOWN = signal.SIGINT  # PostgreSQL's names: "fast" rolls back and stops in order, …
IMMEDIATE_SHUTDOWN = signal.SIGQUIT  # … "immediate" stops at once and recovers at the next start.
SHUTDOWN_SECONDS = 30.0
# A server that lived this long has started well; one that ends sooner by itself will do so again.
GOOD_START_SECONDS = 2.0
RESTARTS = 60
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


def main(holders: str, log: str, uid: str, gid: str, *command: str) -> int:
    """Run the server until nobody holds it. Returns its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A handler and not SIG_IGN, which the server would inherit.
        signal.signal(number, lambda *_: None)
    server = _Server(log=Path(log), uid=int(uid), gid=int(gid), command=command)
    threading.Thread(target=_stop_when_free, args=(holders, server), daemon=True).start()
    return server.run()


def _stop_when_free(holders: str, server: _Server) -> None:
    descriptor = os.open(holders, os.O_RDWR)
    # Held until this process ends: whoever comes now waits until the server has stopped.
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    server.stop()


class _Server:
    def __init__(self, *, log: Path, uid: int, gid: int, command: tuple[str, ...]) -> None:
        self.log, self.uid, self.gid, self.command = log, uid, gid, command
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        for attempt in range(RESTARTS):
            started = time.monotonic()
            if not self._start():
                return 0
            assert self.process
            code = self.process.wait()
            died_well = code < 0 or attempt > 0 or time.monotonic() - started > GOOD_START_SECONDS
            # 0: stopped as asked. A first start that fails by itself is reported by whoever asked for it.
            if code == 0 or not died_well or self.stopping.wait(timeout=0.5):
                return code
        return 1

    def _start(self) -> bool:
        with self.lock, self.log.open("ab") as log:
            if self.stopping.is_set():
                return False
            own_account = self.uid == os.geteuid()
            self.process = subprocess.Popen(  # noqa: S603 - the command is our own caller's
                self.command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_stop_with_parent,
                user=None if own_account else self.uid,
                group=None if own_account else self.gid,
                extra_groups=None if own_account else [],
            )
            return True

    def stop(self) -> None:
        with self.lock:
            self.stopping.set()
            process = self.process
        if process is None:
            return
        process.send_signal(FAST_SHUTDOWN)
        try:
            process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(IMMEDIATE_SHUTDOWN)


def _stop_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, FAST_SHUTDOWN)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
