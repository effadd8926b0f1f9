"""The parts of the room's scripts that need no page: the fold of the log, and the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from playwright.sync_api import Browser, Page

from peersupport.chat import nudges, posting
from peersupport.chat.nudges.private import PrivateWords
from peersupport.chat.nudges.travelling import for_browser
from tests.browsing import ServedSite
from tests.chat.sentences import sentences
from tests.chat.test_nudges import ACCOUNT, FEELING

pytestmark = pytest.mark.browser

# ES2020 and later: ?. and ??, assignment by logic, private names, class fields, await outside a function.
NEWER = (
    r"\?\.[A-Za-z_\[(]",
    r"\?\?",
    r"[|&]{2}=",
    r"\bthis\.#",
    r"^  \w+ = ",
    r"^(const .* = )?await ",
    r"\breplaceAll\b",
    r"\bstructuredClone\b",
)
SCRIPTS = Path(posting.__file__).parent / "static" / "chat"

WHO = {"id": "m_00000000000000000000000000000001", "name": "Rowan", "role": "parent"}


@pytest.fixture
def page(browser: Browser, site: ServedSite, django_db_blocker: Any) -> Iterator[Page]:
    """An empty page of the site's own origin, from which its modules may be imported."""
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(f"{site.url}/accessibility/")
        yield page


def run(page: Page, module: str, script: str, given: Any = None) -> Any:
    """Imports a module of the room and runs `script` with its exports as `room` and `given`."""
    return page.evaluate(
        f"async ([address, given]) => {{ const room = await import(address); {script} }}",
        [staticfiles_storage.url(f"chat/{module}"), given],
    )


def message(seq: int, body: str | None = "text") -> dict[str, Any]:
    """One event of a log."""
    at = f"2026-11-22T18:00:{seq:02}.000Z"
    return {"seq": seq, "at": at, "kind": "message", "id": f"id-{seq}", "by": WHO, "body": body, "note": None}


def retraction(seq: int, target: int) -> dict[str, Any]:
    """The event that takes a message back."""
    return {
        "seq": seq,
        "at": "2026-11-22T18:01:00.000Z",
        "kind": "retracted",
        "target": f"id-{target}",
        "by": WHO,
    }


def test_events_that_came_before_are_taken_once(page: Page) -> None:
    found = run(
        page,
        "log.js",
        """const log = new room.Log();
        log.apply(given.slice(0, 2));
        const second = log.apply(given);
        return [second.added.map((entry) => entry.seq), log.head, log.entries.length];""",
        [message(1), message(2), message(3)],
    )
    assert found == [[3], 3, 3]


def test_a_gap_is_told_and_nothing_after_it_is_taken(page: Page) -> None:
    found = run(
        page,
        "log.js",
        """const log = new room.Log();
        log.apply(given.slice(0, 1));
        const { gap, added } = log.apply(given.slice(1));
        return [gap, added.length, log.head];""",
        [message(1), message(3)],
    )
    assert found == [True, 0, 1]


def test_a_log_whose_beginning_was_pruned_begins_where_it_begins(page: Page) -> None:
    found = run(
        page,
        "log.js",
        """const log = new room.Log();
        log.apply(given);
        log.reset("another epoch");
        const { gap } = log.apply([given[1]]);
        return [gap, log.head, log.position];""",
        [message(1), {**message(2), "seq": 40}],
    )
    assert found == [False, 40, {"after": 40, "epoch": "another epoch"}]


def test_a_message_taken_back_has_no_text_however_the_events_come(page: Page) -> None:
    events = [message(1, "secret"), message(2), retraction(3, 1)]
    script = """const log = new room.Log();
        const { changed } = log.apply(given.events.slice(0, given.cut));
        log.apply(given.events.slice(given.cut));
        const entry = log.message("id-1");
        return [entry.body, entry.fate, JSON.stringify(log.entries).includes("secret")];"""
    for cut in (0, 2, 3):
        found = run(page, "log.js", script, {"events": events, "cut": cut})
        assert found == [None, "retracted", False]


def test_a_page_of_history_goes_before_and_what_was_taken_back_since_has_no_text(page: Page) -> None:
    found = run(
        page,
        "log.js",
        """const log = new room.Log({ from: 2, epoch: "e" });
        log.apply(given.slice(2));
        const before = [log.first, log.complete, log.position.after];
        const added = log.prepend(given.slice(0, 3), 0);
        const older = added.map((entry) => [entry.seq, entry.body, entry.fate]);
        return [before, older, log.complete, log.head];""",
        [message(1), message(2), message(3), retraction(4, 1)],
    )
    assert found == [[3, False, 4], [[1, None, "retracted"], [2, "text", None]], True, 4]


OUTBOX = """
const sent = [];
const answers = given.answers.slice();
const outbox = new room.Outbox((fields) => {
  sent.push(fields);
  const answer = answers.shift();
  return answer === "lost" ? Promise.reject(new Error("lost")) : Promise.resolve(answer);
});
const rest = () => new Promise((resolve) => setTimeout(resolve, 30));
"""
PUBLISHED = {"ok": True, "state": "published", "seq": 1}


def test_a_message_whose_answer_was_lost_is_sent_again_under_the_same_id(page: Page) -> None:
    found = run(
        page,
        "outbox.js",
        OUTBOX
        + """outbox.open();
        const item = outbox.add({ body: "one" });
        await rest();
        const between = item.state;
        outbox.shut();
        outbox.open();
        await rest();
        return [between, item.state, sent.length, sent[0].id === sent[1].id];""",
        {"answers": ["lost", PUBLISHED]},
    )
    assert found == ["waiting", "sent", 2, True]


@pytest.mark.check(12)
def test_a_message_that_could_not_be_stored_keeps_its_words_and_is_tried_again_under_the_same_id(
    page: Page,
) -> None:
    found = run(
        page,
        "outbox.js",
        OUTBOX
        + """outbox.open();
        const item = outbox.add({ body: "one" });
        await rest();
        const failed = [item.state, item.body, item.error.code, sent.length];
        outbox.retry(item.id);
        await rest();
        return [failed, item.state, sent.length, sent[0].id === sent[1].id];""",
        {"answers": [{"ok": False, "error": {"code": "internal"}}, PUBLISHED]},
    )
    assert found == [["failed", "one", "internal", 1], "sent", 2, True]


def test_her_messages_go_out_one_after_the_other_in_her_order(page: Page) -> None:
    found = run(
        page,
        "outbox.js",
        OUTBOX
        + """for (const body of ["one", "two", "three"]) { outbox.add({ body }); }
        const states = outbox.items.map((item) => item.state);
        outbox.open();
        await rest();
        return [states, sent.map((fields) => fields.body)];""",
        {"answers": [PUBLISHED, PUBLISHED, PUBLISHED]},
    )
    assert found == [["waiting"] * 3, ["one", "two", "three"]]


def test_too_quick_a_message_waits_as_long_as_the_server_asks_and_keeps_its_place(page: Page) -> None:
    found = run(
        page,
        "outbox.js",
        OUTBOX
        + """outbox.open();
        outbox.add({ body: "one" });
        outbox.add({ body: "two" });
        await rest(); await rest(); await rest(); await rest();
        return [sent.map((fields) => fields.body), outbox.items.map((item) => item.state)];""",
        {
            "answers": [
                {"ok": False, "error": {"code": "rate_limited", "retry_after": 0.02}},
                PUBLISHED,
                PUBLISHED,
            ]
        },
    )
    assert found == [["one", "one", "two"], ["sent", "sent"]]


def test_a_decision_put_away_is_not_shown_again_when_the_server_repeats_it(page: Page) -> None:
    found = run(
        page,
        "outbox.js",
        OUTBOX
        + """const outcome = { target: "a", decision: "declined", reason: "why" };
        outbox.decided(outcome);
        const shown = outbox.items.map((item) => [item.state, item.reason]);
        outbox.remove("a");
        outbox.decided(outcome);
        return [shown, outbox.items.length];""",
        {"answers": []},
    )
    assert found == [[["declined", "why"]], 0]


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_no_script_asks_for_more_than_a_phone_of_2019_can_read(script: Path) -> None:
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)
    for newer in NEWER:
        found = re.search(newer, code, flags=re.MULTILINE)
        assert not found, f"{script.name}: {found.group()}"


def test_ids_are_random_uuids_where_the_browser_cannot_make_them_itself(page: Page) -> None:
    found = run(
        page,
        "ids.js",
        """Object.defineProperty(window.crypto, "randomUUID", { value: undefined });
        return [room.newId(), room.newId()];""",
    )
    assert found[0] != found[1]
    for made in found:
        assert len(made) == 36
        assert made[14] == "4"
        assert made[19] in "89ab"


@pytest.mark.check(59)
def test_browser_and_server_find_the_same_in_the_same_sentences(page: Page) -> None:
    private = PrivateWords(["Kaisla", "Turku", "Anna Liisa", "Max"])
    own = ["Kaislalle, Turussa", "we met Anna Liisa", "Maxin ja Maxille", "a maximum of turkeys", "💚 Kaisla"]
    dates = ["12.11.2025 18.30-20.00", "2024-11-22 08:00", "1 000 000 euros", "at 18:30, on 4.12."]
    texts = [one.text for about in ("details", "evidence", "distress") for one in sentences(about)]
    texts += [*own, *dates, *ACCOUNT.values(), *FEELING.values()]
    found = run(
        page,
        "looking.js",
        "const looking = new room.Looking(given.lists); return given.texts.map((one) => looking.over(one));",
        {"lists": for_browser(private, cases_open=True), "texts": texts},
    )
    differs = {}
    for text, here in zip(texts, found, strict=True):
        looked = nudges.look_over(text, country="FI", private=private, cases_open=True)
        there = [finding.wire() for finding in looked.findings]
        if here != there:
            differs[text] = (here, there)
    assert differs == {}


def test_a_browser_without_lists_asks_nothing_and_leaves_it_to_the_server(page: Page) -> None:
    found = run(page, "looking.js", "return new room.Looking(null).over(given);", "x@example.org")
    assert found == []
