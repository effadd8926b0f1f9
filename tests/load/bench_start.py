"""How long bin/serve takes from the command to the first page, on an empty and on a used data directory."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from peersupport.database.embedded import CHECKOUT
from tests.load.figures import Asked, Figure
from tests.ports import free_port

PATIENCE_SECONDS = 180


def run(asked: Asked) -> Iterator[Figure]:
    """Cold: nothing made yet but the virtual environment. Again: everything there."""
    data = Path(tempfile.mkdtemp(prefix="peersupport-bench-")).resolve()
    data.chmod(0o711)
    try:
        bare = _seconds(["python", "-c", "import django"])
        cold, _ = _first_page(data)
        again, memory = _first_page(data)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    yield Figure("bin/serve to first page, empty data directory", cold, "s")
    yield Figure("bin/serve to first page, again", again, "s", baseline=bare)
    yield Figure("memory of the server after the first page", memory, "MiB")


def _first_page(data: Path) -> tuple[float, float]:
    """Seconds until / answers, and the process's resident memory then."""
    port = free_port()
    unset = {"DATABASE_URL", "DATABASE_OWNER_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PORT": str(port), "PEERSUPPORT_DATA_DIR": str(data)}
    started = time.monotonic()
    with subprocess.Popen(
        ["bin/serve"], cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not _answers(port):
                if process.poll() is not None or time.monotonic() - started > PATIENCE_SECONDS:
                    raise RuntimeError("bin/serve did not come up; start it by hand to see why")
                time.sleep(0.02)
            return time.monotonic() - started, _resident_mebibytes(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection), contextlib.suppress(ConnectionRefusedError):
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    return False


def _resident_mebibytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _seconds(command: list[str]) -> float:
    """The floor: an interpreter that imports Django and ends."""
    started = time.monotonic()
    subprocess.run([CHECKOUT / ".venv/bin" / command[0], *command[1:]], check=True)
    return time.monotonic() - started
