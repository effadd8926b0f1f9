"""axe, which looks for what keeps somebody from using a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

WCAG_22_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def findings(page: Page, **options: Any) -> str:
    """What it finds on the page as it is now, in words; empty for nothing. `options` are axe's own."""
    # Half a page has nothing to be judged by: what is covered now may be free when the rest has come.
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # What is in order need not be brought here.
    options = {"resultTypes": ["violations"], **options}
    found = AxeResults(page.evaluate("options => axe.run(options)", options))
    assert found.response["passes"], "axe looked at nothing"
    return found.generate_report() if found.violations_count else ""
