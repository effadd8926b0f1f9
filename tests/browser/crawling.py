"""Opens every page that links lead to, and looks at each as somebody on a narrow phone would have to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from peersupport.groups.neutral import telling
from tests import axe
from tests.browsing import ServedSite, all_in_sight, assert_accessible, assert_no_sideways_scroll, stored

#: Files, what is for other software, and the way out.
NOT_A_PAGE = re.compile(r"\.(pdf|ics|txt|html)$|/pack/$|^/api/v1/|^/leave/$")
#: Ids and the random words that stand for groups say nothing.
RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/my/)[a-z0-9]{10}(?=/)")
CHAPTER = re.compile(r"/en/guides/[^/]+/[^/]+/$")
PHONE_WIDTH, NARROWEST = 390, 320


class Crawl:
    """One visitor's way through all pages that she can reach by links.

    Every page is judged and gone through by axe; of the chapters of guides only those that have something on
    them which no page before had: a class of the style sheets. Those pages are looked at in the dark as well.
    """

    def __init__(self, page: Page, site: ServedSite, *, seen: Iterable[str] = (), most: int = 80) -> None:
        self.page, self.site = page, site
        self.seen, self.most = tuple(seen), most
        #: Where each path that was asked for led to.
        self.reached: dict[str, str] = {}
        self._met: set[str] = set()

    def begins(self, *starts: str) -> dict[str, str]:
        """Goes everywhere from these paths on; what begins with one of `seen` is left out."""
        waiting = {urlsplit(start).path: start for start in starts}
        while waiting:
            path = next(iter(waiting))
            self._opens(path, waiting.pop(path))
            for link in self._links():
                there = urlsplit(link).path
                if there not in self.reached and not there.startswith(self.seen):
                    waiting.setdefault(there, link)
        return self.reached

    def _opens(self, path: str, link: str) -> None:
        assert len(self.reached) < self.most, f"more pages than expected: {sorted(self.reached)}"
        answer = self.page.goto(self.site.url + link)
        assert answer is not None
        assert answer.status == 200, f"{link}: {answer.status}"
        here = urlsplit(self.page.url).path
        before = set(self.reached.values())
        self.reached[path] = self.reached[here] = here
        if here not in before:
            self._judges(here)

    def _links(self) -> list[str]:
        links = self.page.locator("a[href]").evaluate_all("all => all.map(each => each.href)")
        ours = [link.removeprefix(self.site.url) for link in links if link.startswith(self.site.url)]
        return [link for link in ours if not NOT_A_PAGE.search(urlsplit(link).path)]

    def _judges(self, here: str) -> None:
        assert telling(self.page.title()) == [], here
        assert telling(RANDOM.sub("", here)) == [], here
        assert self.page.locator("input[type=file]").count() == 0, here
        assert set(stored(self.page).values()) == {0}, here
        for width in (NARROWEST, PHONE_WIDTH):
            self.page.set_viewport_size({"width": width, "height": 600})
            assert_no_sideways_scroll(self.page)
            assert_the_way_out_is_free(self.page)
        classes = set(
            self.page.evaluate("[...document.querySelectorAll('*')].flatMap(e => [...e.classList])")
        )
        if not CHAPTER.match(here) or not classes <= self._met:
            self._goes_through_it(dark=not classes <= self._met)
        self._met |= classes

    def _goes_through_it(self, *, dark: bool) -> None:
        with all_in_sight(self.page):
            assert_accessible(self.page)
            if not dark:
                return
            self.page.emulate_media(color_scheme="dark")
            found = axe.findings(self.page, runOnly={"type": "rule", "values": ["color-contrast"]})
            self.page.emulate_media(color_scheme="light")
        assert not found, found


def assert_the_way_out_is_free(page: Page) -> None:
    """Leave this page can be tapped wherever one has scrolled to."""
    for far in (0, 100_000):
        free = page.evaluate(
            """(far) => {
              scrollTo(0, far);
              const way = document.querySelector(".leave"), box = way.getBoundingClientRect();
              const middle = box.y + box.height / 2;
              const onTop = [3, box.width / 2, box.width - 3].every((x) =>
                document.elementFromPoint(box.x + x, middle)?.closest(".leave"));
              return onTop && box.width >= 44 && box.height >= 44 && box.x >= 0 && box.right <= innerWidth;
            }""",
            far,
        )
        assert free, f"the way out is covered or small at {urlsplit(page.url).path}, scrolled by {far}"
