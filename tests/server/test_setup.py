"""bin/setup where something is missing: it says what, and leaves nothing half done.

Each test runs a copy of it in a directory of its own. Programs are found in one folder only, which holds what
reads and writes text and stand-ins for whatever would change the machine.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from peersupport.database.embedded import CHECKOUT

HARMLESS = ("cat", "cp", "dirname", "grep", "mkdir", "mktemp", "rm", "sed", "sha256sum", "tail", "tr")
PYTHONS = ("python3", "python3.11", "python3.12", "python3.13", "python3.14")
NOT_FOUND = "E: Could not resolve 'deb.debian.org'"
NO_PIP = "ERROR: Could not find a version that satisfies the requirement"

# A Python that is new enough, makes environments of itself, and reaches no index.
PYTHON = f"""
case "$1 ${{2:-}}" in
  "-c "*) exit 0 ;;
  "--version "*) echo "Python 3.11.2" ;;
  "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "-m pip") echo "{NO_PIP}" >&2; exit 1 ;;
esac
"""
OLD_PYTHON = 'case "$1" in -c) exit 1 ;; esac'
ALL_PACKAGES = 'shift 3; for each in "$@"; do echo "ii  $each"; done'


class Machine:
    """A checkout's set-up, and the programs that it finds."""

    def __init__(self, directory: Path) -> None:
        self.checkout = directory / "checkout"
        self.programs = directory / "programs"
        (self.checkout / "bin").mkdir(parents=True)
        (self.checkout / "tests").mkdir()
        self.programs.mkdir()
        for name in ("requirements.txt", "tests/requirements.txt"):
            shutil.copy(CHECKOUT / name, self.checkout / name)
        script = (CHECKOUT / "bin/setup").read_text(encoding="utf-8")
        # The one program that it names by its full path.
        assert script.count("/usr/bin/python3") == 1
        script = script.replace("/usr/bin/python3", str(self.programs / "python3"))
        (self.checkout / "bin/setup").write_text(script, encoding="utf-8")
        for name in HARMLESS:
            (self.programs / name).symlink_to(shutil.which(name) or "/nonexistent")
        self.has(id="echo 0", getent="exit 0")

    def has(self, **programs: str) -> None:
        """Puts stand-ins in place; an underscore in a name is a hyphen."""
        for name, does in programs.items():
            program = self.programs / name.replace("_", "-")
            program.write_text(f"#!{shutil.which('bash')}\n{does}\n", encoding="utf-8")
            program.chmod(0o755)

    def has_python(self, does: str) -> None:
        """The same Python under each of the names that are looked for."""
        self.has(**dict.fromkeys(PYTHONS, does))

    def set_up(self) -> tuple[int, str]:
        """Exit code and what was said."""
        done = subprocess.run(
            [shutil.which("bash") or "bash", self.checkout / "bin/setup", "--tests"],
            env={"PATH": str(self.programs), "TMPDIR": str(self.checkout.parent)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert "command not found" not in done.stderr
        return done.returncode, done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def _without_network(machine: Machine) -> None:
    machine.has(dpkg_query="exit 1", apt_get=f'echo "{NOT_FOUND}" >&2; exit 100')


def _without_rights(machine: Machine) -> None:
    machine.has(dpkg_query="exit 1", id="echo 1000", apt_get="exit 100")


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (_without_network, [NOT_FOUND, "apt-get could not install", "fonts-lato", "Is there a network?"]),
        (
            _without_rights,
            ["needs an administrator", "apt-get install --no-install-recommends", "fonts-lato"],
        ),
    ],
)
def test_packages_that_cannot_be_installed_are_named(
    missing: Callable[[Machine], None], words: list[str], machine: Machine
) -> None:
    machine.has_python(PYTHON)
    missing(machine)
    code, said = machine.set_up()
    assert code == 1
    assert [each for each in words if each not in said] == []
    assert not (machine.checkout / ".venv").exists()


def test_without_a_network_for_python_it_says_so_and_tries_again_next_time(machine: Machine) -> None:
    machine.has_python(PYTHON)
    machine.has(dpkg_query=ALL_PACKAGES)
    for _time in range(2):
        code, said = machine.set_up()
        assert code == 1
        assert NO_PIP in said
        assert "pip could not install requirements.txt (see above). Is there a network?" in said
    assert [each.name for each in (machine.checkout / ".venv").iterdir()] == ["bin"]


@pytest.mark.parametrize("python", [OLD_PYTHON, None])
def test_without_a_python_that_is_new_enough_it_names_the_one_it_needs(
    python: str | None, machine: Machine
) -> None:
    if python:
        machine.has_python(python)
    code, said = machine.set_up()
    assert code == 1
    assert "this is not Debian" in said
    assert "Python 3.11 or newer is needed, with its venv module, and none was found." in said
    assert not (machine.checkout / ".venv").exists()


def test_on_debian_it_tries_to_get_one_first(machine: Machine) -> None:
    machine.has_python(OLD_PYTHON)
    machine.has(dpkg_query=ALL_PACKAGES, apt_get=f'echo "{NOT_FOUND}" >&2; exit 100')
    code, said = machine.set_up()
    assert code == 1
    assert "apt-get could not install python3 python3-venv (see above). Is there a network?" in said


def test_where_all_is_there_nothing_is_said(machine: Machine) -> None:
    machine.has_python(PYTHON.replace("exit 1", "exit 0"))
    machine.has(dpkg_query=ALL_PACKAGES)
    assert machine.set_up()[0] == 0
    machine.has(apt_get="exit 100")
    assert machine.set_up() == (0, "")
