"""The end of a run: how long each part took, what was done, which numbered requirements no test carries."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

REQUIREMENTS = range(1, 61)


class Report:
    """A pytest plugin that adds short sections to the summary."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.carried: set[int] = set()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.did: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Before -k and -m deselect any."""
        for item in items:
            for mark in item.iter_markers("check"):
                self.carried.update(mark.args)
                # Where halves run side by side, this is how the numbers reach the process that reports.
                item.user_properties.extend(("check", number) for number in mark.args)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up and tear-down count towards the part whose test asked for them."""
        parts = Path(report.nodeid.split("::", 1)[0]).parts
        self.seconds[parts[1] if len(parts) > 2 else "tests"] += report.duration
        self.carried.update(int(str(value)) for name, value in report.user_properties if name == "check")
        if report.when == "call":
            self.did += [str(value) for name, value in report.user_properties if name == "did"]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        write = terminalreporter.write_line
        if len(self.seconds) > 1:
            terminalreporter.section("Seconds by part")
            for part, seconds in sorted(self.seconds.items(), key=lambda row: -row[1]):
                write(f"{seconds:8.1f}  {part}")
        if self.did:
            terminalreporter.section("What was done and measured")
            for words in self.did:
                write(words)
        # Only a whole run can say what is missing.
        if list(self.config.args) == self.config.getini("testpaths"):
            missing = [str(number) for number in REQUIREMENTS if number not in self.carried]
            terminalreporter.section("Numbered requirements that no test carries yet")
            write(", ".join(missing) or "none")
