"""What manage.py decides by itself: as whom a command signs in, and whether it needs a database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import manage
from peersupport.database.embedded import CHECKOUT
from peersupport.registries.environment import listed


def ran(data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with a data directory in which nothing was made yet."""
    own = {"DATABASE_URL": "", "DATABASE_OWNER_URL": "", "PEERSUPPORT_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=CHECKOUT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )


def test_guides_are_checked_without_a_database(tmp_path: Path) -> None:
    done = ran(tmp_path, "guides", "check")
    assert "nothing to put right" in done.stdout, done.stderr
    assert not (tmp_path / "postgres").exists()


def test_what_is_published_is_asked_of_the_database(tmp_path: Path) -> None:
    # Where the server's settings would go: it cannot be started.
    (tmp_path / "server").write_text("in the way")
    assert "File exists" in ran(tmp_path, "guides", "status").stderr


@pytest.mark.parametrize("command", sorted(manage.OWNER_COMMANDS))
def test_the_documents_name_every_command_that_signs_in_as_the_owner(command: str) -> None:
    roles = Path(CHECKOUT, "docs/architecture.md").read_text(encoding="utf-8").split("**Roles.**")[1]
    assert f"`{command}`" in roles.split("##")[0]
    assert command in listed()["PEERSUPPORT_DATABASE_ROLE"]["text"]
