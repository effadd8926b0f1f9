"""The embedded server: one for all who hold it, gone when the last of them is, whatever ended them."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from peersupport.database import binaries
from peersupport.database.address import OWNER_ROLE, SOCKET_PATH_BYTES, WEB_ROLE, socket_dir
from peersupport.database.cluster import Cluster
from peersupport.database.embedded import CHECKOUT

AS_ROOT = os.geteuid() == 0
HOLDER = """
import sys
from pathlib import Path
from peersupport.database.cluster import Cluster
with Cluster(Path(sys.argv[1]), throwaway=True).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A cluster that was made and stopped; the tests work on copies of it."""
    with _directory() as directory:
        with Cluster(directory, throwaway=True).held():
            pass
        yield directory


@pytest.fixture
def place(made: Path) -> Iterator[Path]:
    """A directory with a cluster that is not running."""
    with _directory() as directory:
        subprocess.run(["cp", "-a", made / "postgres", directory], check=True)
        yield directory


@contextmanager
def _directory() -> Iterator[Path]:
    """pytest's own directories are closed to the account that runs the server for root."""
    directory = Path(tempfile.mkdtemp(prefix="peersupport-cluster-")).resolve()
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)
    shutil.rmtree(socket_dir(directory), ignore_errors=True)


def test_a_server_is_made_held_and_gone_without_a_trace(place: Path) -> None:
    shutil.rmtree(place / "postgres")
    cluster = Cluster(place, throwaway=True)
    with cluster.held():
        assert _processes_of(place), "nothing ran that could have been left behind"
        with cluster.connect(user=WEB_ROLE) as connection:
            row = connection.execute(
                "SELECT getdatabaseencoding(), datlocprovider FROM pg_database"
            ).fetchone()
            assert row == ("UTF8", "b")
            assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert _processes_of(place) == []


def test_what_is_not_thrown_away_is_written_through() -> None:
    from peersupport.database.cluster import SERVER_SETTINGS

    assert not {"fsync", "full_page_writes", "synchronous_commit"} & set(SERVER_SETTINGS)


def test_a_second_holder_finds_the_server_and_does_not_stop_it(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    with cluster.held():
        pid = cluster.pid()
        with _holder(place):
            assert cluster.pid() == pid
        assert cluster.pid() == pid
    assert cluster.pid() is None


def test_two_who_start_at_once_share_one_server(place: Path) -> None:
    with _started(place) as first, _started(place) as second:
        _wait_held(first)
        _wait_held(second)
        pid = Cluster(place).pid()
        assert pid is not None
        assert len([each for each in _processes_of(place) if _name(each) == "keeper.py"]) == 1
        _close(first)
        assert Cluster(place).pid() == pid
        _close(second)
    assert _processes_of(place) == []


def test_a_killed_holder_leaves_no_server_behind(place: Path) -> None:
    with _holder(place) as holder:
        assert _processes_of(place)
        holder.kill()
        holder.wait()
        _until(lambda: _processes_of(place) == [])


def test_a_server_that_is_killed_is_started_again_with_all_that_was_committed(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    with cluster.held():
        _make_a_row(cluster)
        killed = cluster.pid()
        assert killed
        os.kill(killed, signal.SIGKILL)
        _until(lambda: cluster.pid() not in {None, killed} and _answers(cluster))
        assert _rows(cluster) == 1
    assert _processes_of(place) == []


def test_after_a_crash_of_everything_the_next_start_recovers(place: Path) -> None:
    with _holder(place) as holder:
        cluster = Cluster(place, throwaway=True)
        _make_a_row(cluster)
        (keeper,) = _keepers(place)
        server = cluster.pid()
        assert server
        # Halted first: it would start the server again, and its own end would let the server stop in order.
        os.kill(keeper, signal.SIGSTOP)
        for process in (server, keeper, holder.pid):
            os.kill(process, signal.SIGKILL)
    _until(lambda: _processes_of(place) == [])
    assert (cluster.files / "postmaster.pid").exists(), "a stale file was to be found"
    with cluster.held():
        assert _rows(cluster) == 1


def test_a_stale_process_id_that_another_program_has_now_does_not_stand_in_the_way(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    with cluster.held():
        lines = (cluster.files / "postmaster.pid").read_text().split("\n")
    # A program of the same account, as PostgreSQL would not believe another account's.
    sleeper = subprocess.Popen(["sleep", "60"], cwd="/", **binaries.account().popen_arguments())
    try:
        (cluster.files / "postmaster.pid").write_text("\n".join([str(sleeper.pid), *lines[1:]]))
        assert cluster.pid() is None
        with cluster.held():
            assert cluster.pid() not in {None, sleeper.pid}
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_below_a_deep_directory_the_socket_lies_in_a_short_closed_one(place: Path) -> None:
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True, mode=0o711)
    short = socket_dir(deep)
    try:
        with Cluster(deep, throwaway=True).held():
            assert len(os.fsencode(short)) < SOCKET_PATH_BYTES
            assert stat.S_IMODE(short.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(short, ignore_errors=True)


def test_a_socket_directory_open_to_others_is_refused(place: Path) -> None:
    socket_dir(place).mkdir()
    socket_dir(place).chmod(0o755)
    with pytest.raises(binaries.CannotStart, match="is open to others"), Cluster(place).held():
        pass


@pytest.mark.skipif(not AS_ROOT, reason="only root can make a directory for someone else")
def test_a_socket_directory_that_someone_else_made_is_refused(place: Path) -> None:
    socket_dir(place).mkdir(mode=0o700)
    os.chown(socket_dir(place), 12345, 12345)
    with pytest.raises(binaries.CannotStart, match="belongs to user id 12345"), Cluster(place).held():
        pass


def test_data_of_another_version_is_named_and_left_alone(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    (cluster.files / "PG_VERSION").write_text("14\n")
    with pytest.raises(binaries.CannotStart, match="made by PostgreSQL 14"), cluster.held():
        pass


def test_a_server_that_cannot_start_says_why(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    shutil.rmtree(cluster.files / "global")
    with pytest.raises(binaries.CannotStart, match=r"(?s)log.*global"), cluster.held():
        pass
    assert _processes_of(place) == []


def test_the_log_holds_no_statement_and_no_value(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    with cluster.held(), cluster.connect(user=OWNER_ROLE) as connection:
        connection.execute("CREATE TABLE said (words text UNIQUE)")
        connection.execute("INSERT INTO said VALUES ('canary')")
        with pytest.raises(psycopg.errors.UniqueViolation, match="canary"):
            connection.execute("INSERT INTO said VALUES ('canary')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="canary"):
            connection.execute("SELECT 'canary'::int")
    log = (cluster.settings_dir / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "canary" not in log


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server under another account")
def test_for_root_the_server_runs_unprivileged_and_its_files_are_closed(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    with cluster.held():
        account = binaries.account()
        assert account.uid != 0
        status = Path(f"/proc/{cluster.pid()}/status").read_text()
        assert f"Uid:\t{account.uid}\t{account.uid}" in status
        for directory in (cluster.files, socket_dir(place)):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
            assert directory.stat().st_uid == account.uid
        # Another account reaches neither the files nor the socket.
        stranger = subprocess.run(["ls", socket_dir(place)], user="nobody", capture_output=True, check=False)
        assert stranger.returncode != 0


@pytest.mark.skipif(not AS_ROOT, reason="only root's checkout can be closed to the server's account")
def test_programs_in_a_directory_closed_to_the_account_are_copied_once(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = binaries._shipped()
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    (closed / shipped.parent.name).symlink_to(shipped.parent)
    (closed / f"{binaries.PACKAGE}.libs").symlink_to(shipped.parent.with_name(f"{binaries.PACKAGE}.libs"))
    home = place / "home"
    home.mkdir(mode=0o755)
    monkeypatch.setattr(binaries, "_shipped", lambda: closed / shipped.parent.name / shipped.name)
    monkeypatch.setattr(binaries, "SYSTEM_HOME", home)
    with Cluster(place / "data", throwaway=True).held():
        program = os.readlink(f"/proc/{Cluster(place / 'data').pid()}/exe")
        assert Path(program).is_relative_to(home)
    made = [each.stat().st_mtime_ns for each in home.iterdir()]
    binaries.server_directory(binaries.account())
    assert [each.stat().st_mtime_ns for each in home.iterdir()] == made


@pytest.mark.skipif(AS_ROOT, reason="root's server runs under another account")
def test_for_an_ordinary_user_everything_is_that_users_own(place: Path) -> None:
    cluster = Cluster(place, throwaway=True)
    with cluster.held():
        assert Path(f"/proc/{cluster.pid()}").stat().st_uid == os.geteuid()


def _make_a_row(cluster: Cluster) -> None:
    with cluster.connect(user=OWNER_ROLE) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        # A throwaway cluster commits asynchronously; what a kill must not lose is what was written out.
        connection.execute("SET synchronous_commit = on")
        connection.execute("UPDATE kept SET id = 2")


def _rows(cluster: Cluster) -> int:
    with cluster.connect(user=OWNER_ROLE) as connection:
        row = connection.execute("SELECT count(*) FROM kept WHERE id = 2").fetchone()
        assert row
        return int(row[0])


def _answers(cluster: Cluster) -> bool:
    try:
        cluster.connect(user=OWNER_ROLE).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _started(place: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the cluster until its standard input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, place],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.stdin and not process.stdin.closed:
            _close(process)


@contextmanager
def _holder(place: Path) -> Iterator[subprocess.Popen[str]]:
    with _started(place) as process:
        _wait_held(process)
        yield process


def _wait_held(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    assert process.stdout.readline() == "held\n"


def _close(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait(30)


def _processes_of(place: Path) -> list[int]:
    """Every process that works in the directory or was started with it on its command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes()
            here = os.readlink(entry / "cwd")
        except OSError:
            continue
        if here.startswith(str(place)) or (b"keeper.py" in line and os.fsencode(place) in line):
            found.append(int(entry.name))
    return found


def _keepers(place: Path) -> list[int]:
    return [each for each in _processes_of(place) if _name(each) == "keeper.py"]


def _name(pid: int) -> str:
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return ""
    return "keeper.py" if any(each.endswith("keeper.py") for each in arguments) else arguments[0]


def _until(happened: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
