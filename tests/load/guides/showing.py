"""What a phone gets of a chapter: the bytes of its first view, and how soon the largest part is painted."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

RUNS = 3
# What Lighthouse takes for a mid-range phone on slow 4G: 150 ms there and back, 1.6 Mbit/s, a quarter of a
# desktop's processor (Lighthouse, docs/throttling.md).
LATENCY_MS, DOWN, UP = 150, 1_600_000 // 8, 750_000 // 8
SLOWER = 4
PAINTED = """
() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})
"""


class Shown(NamedTuple):
    """Bytes over the line (heads apart), and milliseconds until the largest part is painted."""

    encoded: int
    largest_paint: float


def show(browser: Browser, address: str) -> Shown:
    """A first visit, nothing kept; the median of three."""
    shown = [_once(browser, address) for _run in range(RUNS)]
    return Shown(shown[0].encoded, statistics.median(each.largest_paint for each in shown))


def _once(browser: Browser, address: str) -> Shown:
    context = browser.new_context(viewport={"width": 390, "height": 844}, ignore_https_errors=True)
    page = context.new_page()
    tools: CDPSession = context.new_cdp_session(page)
    got: list[int] = []
    tools.on("Network.loadingFinished", lambda event: got.append(int(event["encodedDataLength"])))
    tools.send("Network.enable")
    tools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP},
    )
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="networkidle")
    painted = float(page.evaluate(PAINTED))
    context.close()
    return Shown(sum(got), painted)
