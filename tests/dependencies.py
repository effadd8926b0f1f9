"""Asks pip-audit about every pinned dependency, and names what it could not be told about.

pip-audit itself stays green where it could look nothing up. `python -m tests.dependencies [--strict]`: a
known vulnerability fails; what was not audited fails only with --strict.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

FILES = ("requirements.txt", "tests/requirements.txt")
SECONDS = 240


def main(arguments: list[str]) -> int:
    """Print what was found; the exit code is 0, or 1 where it should stop a release."""
    vulnerable: set[str] = set()
    silent: defaultdict[str, set[str]] = defaultdict(set)
    for file in FILES:
        for package in _asked(file):
            if "skip_reason" in package:
                # The reason names the package again in brackets or after a colon.
                silent[package["skip_reason"].split(":")[0]].add(package["name"])
            vulnerable |= {_line(package, each) for each in package.get("vulns", ())}
    print(*sorted(vulnerable), sep="", end="")
    for reason, names in silent.items():
        listed = f"not audited ({len(names)}; {reason}): {', '.join(sorted(names))}"
        print(textwrap.fill(listed, width=110, subsequent_indent="not audited … ", break_on_hyphens=False))
    return 1 if vulnerable or (silent and "--strict" in arguments) else 0


def _asked(file: str) -> Iterable[dict[str, Any]]:
    command = [sys.executable, "-m", "pip_audit", "--requirement", file, "--format", "json"]
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, check=False, timeout=SECONDS
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return [{"name": f"all of {file}", "skip_reason": f"no answer within {SECONDS} s"}]
    except (ValueError, KeyError):
        why = done.stderr.strip().splitlines()
        return [{"name": f"all of {file}", "skip_reason": why[-1][:200] if why else "no answer"}]
    return found


def _line(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability.get("fix_versions", ())) or "no version yet"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
