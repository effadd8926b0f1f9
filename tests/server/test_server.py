"""One process that says what is wrong, answers, and goes when it is told to."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from peersupport.database.cluster import Cluster
from tests.server.running import serving, started

# Processes of their own see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_data() -> Iterator[Path]:
    """A data directory in which nothing was made yet."""
    directory = Path(tempfile.mkdtemp(prefix="peersupport-server-")).resolve()
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.check(16)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_in_time_though_a_browser_keeps_its_connection(number: signal.Signals) -> None:
    with serving() as running:
        assert running.get().status in {200, 301}
        with socket.create_connection(("127.0.0.1", running.port), timeout=20) as browser:
            browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert browser.recv(12).startswith(b"HTTP/1.1")
            running.process.send_signal(number)
            assert running.process.wait(30) == 0


def test_it_does_not_say_what_it_is_made_of() -> None:
    with serving() as running:
        answer = running.get()
    assert answer.getheader("server") is None
    assert answer.getheader("x-powered-by") is None


def test_who_sends_a_form_far_too_long_reads_the_page_that_says_so() -> None:
    with serving() as running:
        status, page = running.post("/join/background/", b"in_words=" + b"w" * (3 * 512 * 1024))
    assert status == 413
    assert page.count("That was too long") == 1
    assert page.rstrip().endswith("</html>")


def test_the_embedded_database_stops_with_it(own_data: Path) -> None:
    cluster = Cluster(own_data)
    with serving(DATABASE_URL="", DATABASE_OWNER_URL="", PEERSUPPORT_DATA_DIR=str(own_data)) as running:
        assert cluster.pid() is not None
        running.process.terminate()
        assert running.process.wait(30) == 0
    assert cluster.pid() is None


def test_where_the_demonstration_ran_the_next_set_up_finds_its_people_in_order(own_data: Path) -> None:
    """bin/serve, and then bin/test in the same checkout, whose set-up brings the database up to date."""
    own = {"DATABASE_URL": "", "DATABASE_OWNER_URL": "", "PEERSUPPORT_DATA_DIR": str(own_data)}
    for command in ("migrate", "demo"):
        subprocess.run(
            [sys.executable, "manage.py", command],
            env={**os.environ, **own, "PEERSUPPORT_DEMO": "1"},
            capture_output=True,
            check=True,
        )
    environment = {name: value for name, value in os.environ.items() if name != "PEERSUPPORT_DEMO"} | own
    done = subprocess.run(
        ["bin/setup", "--tests", "--database"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_taken_port_is_said_before_anything_is_done(own_data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with started(PORT=port, DATABASE_URL="", PEERSUPPORT_DATA_DIR=str(own_data)) as running:
            said = running.complaints()
    assert running.process.returncode == 1
    assert f"Port {port} is taken" in said
    assert "Traceback" not in said
    assert list(own_data.iterdir()) == []


def test_bin_serve_says_so_too_before_it_sets_anything_up() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            ["bin/serve"], env={**os.environ, "PORT": str(port)}, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "setup" not in done.stderr


@pytest.mark.parametrize("port", ["99999", "0", "-1", "eighty", "9" * 30])
def test_bin_serve_refuses_what_is_no_port_before_it_sets_anything_up(port: str) -> None:
    done = subprocess.run(
        ["bin/serve"], env={**os.environ, "PORT": port}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"serve: PORT must be a number from 1 to 65535, not '{port}'.\n"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PEERSUPPORT_DEMO": "1", "PEERSUPPORT_HOSTS": "support.example.org"}, "others can reach"),
        ({"PEERSUPPORT_PROCESSES": "2"}, "REDIS_URL is not set"),
        ({"PEERSUPPORT_PROCESSES": "many"}, "must be a whole number"),
        ({"PORT": "99999"}, "must be a number from 1 to 65535, not 99999"),
        ({"PEERSUPPORT_BIND": "192.0.2.1"}, "cannot be used"),
        ({"DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent"}, "cannot be reached"),
    ],
)
def test_what_must_not_be_served_is_refused_in_words(environment: dict[str, str], words: str) -> None:
    with started(**environment) as running:
        said = running.complaints()
    assert running.process.returncode == 1
    assert words in said
    assert "Traceback" not in said
