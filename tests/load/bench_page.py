"""What a room with a long history costs a slow phone: the member's page in Chromium, its processor slowed."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from peersupport.database.cluster import Cluster
from peersupport.database.embedded import CHECKOUT
from tests import throwaway
from tests.load.figures import Asked, Figure

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page, Playwright

    from tests.browsing import ServedSite
    from tests.cast import Cast
    from tests.chat.screen import Screen

EVENTS, MESSAGES, RUNS = 2_000, 20, 3
# What Chromium's own tools take for a phone of the middle.
SLOWER = 4
# Milliseconds of a processor at full speed. What takes longer is a long task (W3C, Long Tasks): a tap that
# comes in the middle of one is answered later than the tenth of a second that still seems to be at once.
LONG_TASK = 50
SPELLED = str.maketrans("0123456789", "ghijklmnop")
WORDS = "I have been thinking about what you said last week, and I tried it. It went better than I feared. "

# The newest message can be seen, its letter can be used and the room is live: `usable` is when, in
# milliseconds after the address.
USABLE = """
window.usable = new Promise((resolve) => {
  const look = () => {
    const count = document.querySelector(".room-live [data-part=people-count]");
    const log = count && document.querySelector("[data-part=log][aria-busy=false]");
    const last = log && log.querySelector("[data-part=entries]").lastElementChild;
    const there = last && /\\d/.test(count.textContent) && last.getBoundingClientRect().bottom <= innerHeight;
    if (there) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""
# A page that asks for the whole log and keeps all of it in the document.
WHOLE = """
const parse = JSON.parse;
JSON.parse = (text) => {
  const read = parse(text);
  return read && read.texts && "from" in read ? Object.assign(read, { from: 0, most: 1e9 }) : read;
};
"""
# Through all of it from the end to the beginning, four screens at a time; gives the longest time in
# milliseconds in which nothing else could happen.
SCROLL = """
async () => {
  const log = document.querySelector("[data-part=log]");
  const earlier = document.querySelector("[data-part=earlier]");
  const rest = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  let longest = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  });
  while (log.scrollTop > 0 || !earlier.hidden) {
    log.scrollTop -= 4 * log.clientHeight;
    await rest();
  }
  clearInterval(ticking);
  const newest = document.querySelector("[data-part=newer]");
  newest.hidden ? (log.scrollTop = log.scrollHeight) : newest.click();
  await rest();
  return longest;
}
"""


@dataclass(frozen=True)
class Taken:
    """What one opening of the page took: milliseconds, and mebibytes of the page's process."""

    usable: float
    message: float
    memory: float


@dataclass(frozen=True)
class Walked:
    """What the way back to the first event took, in milliseconds."""

    longest: float
    busy: float
    message_after: float


def run(asked: Asked) -> Iterator[Figure]:
    """The page as it is and the page with the whole log at once, in turns; the median of runs."""
    with _site() as (site, cast):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            turns = [_turn(playwright, site, cast) for _run in range(1 if asked.quick else RUNS)]
    ours, theirs, back = zip(*turns, strict=True)

    def beside(name: str, of: Callable[[Taken], float], unit: str, must: float, aim: float) -> Figure:
        value, baseline = (statistics.median(map(of, side)) for side in (ours, theirs))
        said = f"{name}, {EVENTS:,} events"
        return Figure(said, value, unit, baseline=baseline, must=must, aim=aim, judged="ratio")

    def alone(name: str, of: Callable[[Walked], float], must: float | None = None) -> Figure:
        return Figure(f"{name}, {EVENTS:,} events", statistics.median(map(of, back)), "ms", must=must)

    yield beside("first usable view", lambda one: one.usable, "ms", 0.5, 0.2)
    yield beside("processor time of a message", lambda one: one.message, "ms", 0.8, 0.5)
    yield beside("memory of the page", lambda one: one.memory, "MiB", 0.8, 0.6)
    yield alone("longest block on the way back", lambda one: one.longest, LONG_TASK * SLOWER)
    yield alone("processor time of the way back", lambda one: one.busy)
    yield alone("processor time of a message after it", lambda one: one.message_after)


@contextmanager
def _site() -> Iterator[tuple[ServedSite, Cast]]:
    """A served site whose room has a long history."""
    import django

    cluster = Cluster(Path(os.environ["PEERSUPPORT_DATA_DIR"]), throwaway=True, roles=(throwaway.TEST_ROLE,))
    with cluster.held(), tempfile.TemporaryDirectory() as place:
        for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0")):
            subprocess.run([sys.executable, CHECKOUT / "manage.py", *command], check=True)
        django.setup()
        from django.utils import timezone

        from tests.browsing import ServedSite
        from tests.cast import Cast
        from tests.chat.processes import as_real_people

        cast = Cast(timezone.now())
        _fill(cast)
        as_real_people()
        # Timed: at the pace of a real site.
        site = ServedSite(Path(place), application="peersupport.asgi:application")
        site.start()
        try:
            yield site, cast
        finally:
            site.stop()


def _fill(cast: Cast) -> None:
    from django.utils import timezone

    from tests.chat.conftest import Evening
    from tests.chat.saying import filled

    room = cast.room(cast.alder)
    seats = {name: cast.seat(getattr(cast, name)).pk for name in ("aino", "berit", "elias")}
    # No facilitator comes while it is measured; the room shall not hold messages because of that.
    attended = timezone.now() + timedelta(hours=1)
    type(room).objects.filter(pk=room.pk).update(state="open", attended_at=attended)
    # The browser keeps a loop on this thread, and what is read here is read outside of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    filled(Evening(cast=cast, room=room, cookies={}, seats=seats), EVENTS, words="{turn}. " + 2 * WORDS)


def _turn(playwright: Playwright, site: ServedSite, cast: Cast) -> tuple[Taken, Taken, Walked]:
    """The page as it is, the page with the whole log, and the way back on the page as it is."""
    with _opened(playwright, site, cast) as opened:
        ours, walked = opened.taken(), opened.walked()
    with _opened(playwright, site, cast, whole=True) as opened:
        return ours, opened.taken(), walked


@dataclass(frozen=True)
class Opened:
    """The member's page on her slowed phone, and a member beside her who writes."""

    browser: Browser
    page: Page
    devtools: CDPSession
    other: Screen

    def taken(self) -> Taken:
        """Asked first: the clock of a page's opening runs from its address."""
        usable = self.page.evaluate("window.usable")
        return Taken(usable, self.message(), _memory(self.browser, self.devtools))

    def walked(self) -> Walked:
        """All the way back, and one message more at the end."""
        before = busy_of(self.devtools)
        longest = self.page.evaluate(SCROLL)
        return Walked(longest, busy_of(self.devtools) - before, self.message())

    def message(self) -> float:
        """Milliseconds of the page's processor for each message of somebody else."""
        before = busy_of(self.devtools)
        for _turn in range(MESSAGES):
            # Digits could be somebody's number, and she would be asked about them.
            words = f"measured {uuid4().hex.translate(SPELLED)}"
            self.other.page.locator("#composer-body").fill(words)
            self.other.page.locator(".composer-send").click()
            self.other.until(partial(self._shows, words))
        return (busy_of(self.devtools) - before) / MESSAGES

    def _shows(self, words: str) -> bool:
        last = "() => document.querySelector('[data-part=entries]').lastElementChild.innerText"
        return words in self.page.evaluate(last)


@contextmanager
def _opened(playwright: Playwright, site: ServedSite, cast: Cast, *, whole: bool = False) -> Iterator[Opened]:
    """The page; `whole`: with the log from its first event, as one that knows no pages of history has it."""
    from peersupport.chat.models import ReadMark
    from tests.browsing import Visitors
    from tests.chat.conftest import Evening
    from tests.chat.screen import Screen
    from tests.chromium import launched

    evening = Evening(cast=cast, room=cast.room(cast.alder), cookies={}, seats={})
    # Otherwise it opens at what she has not read of the last time, and `USABLE` waits for the end.
    ReadMark.objects.filter(room=evening.room).delete()
    with launched(playwright) as others, launched(playwright) as own:
        berit = Screen(Visitors(others, site).enter(cast.berit), site, evening).opens(within=60)
        page = Visitors(own, site).enter(cast.aino, phone=True)
        page.set_default_timeout(120_000)
        page.add_init_script(USABLE)
        if whole:
            page.add_init_script(WHOLE)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(f"{site.url}/room/{evening.room.pk}/")
        yield Opened(own, page, devtools, berit)


def busy_of(devtools: CDPSession) -> float:
    """Milliseconds that the page's main thread has worked so far."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return 1_000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def _memory(browser: Browser, devtools: CDPSession) -> float:
    """Mebibytes that the page's process has to itself."""
    devtools.send("HeapProfiler.collectGarbage")
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return max(_private(one["id"]) for one in processes if one["type"] == "renderer")


def _private(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1_024
