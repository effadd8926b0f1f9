"""The process that makes PDFs reads its own style sheets and icons, and nothing else in the world."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from guides import typesetter, typesetting
from guides.typesetter import PRINT, AddressRefused, PrintFetcher
from guides.typesetting import NotSet, Order, typeset

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def page(inside: str) -> str:
    """A small document."""
    head = '<head><meta charset="utf-8"><title>Tea</title></head>'
    return f'<!doctype html><html lang="en">{head}<body><h1>Tea</h1>{inside}</body></html>'


def order(inside: str) -> Order:
    """It, to be set."""
    return Order(html=(page(inside),), dated=NOON)


class Trap(BaseHTTPRequestHandler):
    """Redirects to a file, and counts who came."""

    visits: list[str] = []

    def do_GET(self) -> None:
        self.visits.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/hostname")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@pytest.fixture
def trap() -> Iterator[str]:
    """The address of a server that redirects to a file on this machine."""
    Trap.visits.clear()
    server = HTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_our_own_style_sheet_and_icon_are_read() -> None:
    for name in ("page.css", "icons/say.svg"):
        assert PrintFetcher().fetch(f"print:/{name}").read() == (PRINT / name).read_bytes()


@pytest.mark.check(26)
@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        f"file://{PRINT}/page.css",
        "http://169.254.169.254/latest/meta-data/",
        "https://tea.example/page.css",
        "ftp://tea.example/page.css",
        "data:text/css,body{}",
        "gopher://tea.example/",
        "print:/../models.py",
        "print:/%2e%2e/models.py",
        "print:/../../pyproject.toml",
        "print:/icons",
        "print://tea.example/page.css",
        "print:/none.css",
        "page.css",
    ],
)
def test_every_other_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        PrintFetcher().fetch(address)


@pytest.mark.check(26)
@pytest.mark.parametrize(
    "inside",
    [
        '<img src="{}" alt="x">',
        '<link rel="stylesheet" href="{}">',
        "<style>@import url({});</style>",
        '<style>@font-face {{ font-family: x; src: url("{}") }} h1 {{ font-family: x }}</style>',
        '<p style="background: url({})">x</p>',
        '<link rel="attachment" href="{}">',
        '<object data="{}"></object>',
    ],
)
def test_a_document_that_asks_for_more_is_not_made_and_nobody_is_called(trap: str, inside: str) -> None:
    with pytest.raises(AddressRefused):
        typesetter.typeset([page(inside.format(trap))])
    assert Trap.visits == []


@pytest.mark.check(26)
@pytest.mark.parametrize("inside", ["<img src='{}' alt='x'>", "<link rel='attachment' href='{}'>"])
def test_a_document_that_asks_for_a_file_of_this_machine_is_not_made(tmp_path: Path, inside: str) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    with pytest.raises(NotSet, match="refused"):
        typeset([order(inside.format(secret.as_uri()))])


@pytest.mark.check(26)
def test_a_picture_inside_a_drawing_is_left_out_and_nobody_is_called(trap: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{trap}"/></svg>'
    assert typesetter.typeset([page(drawing)])[0][0] == 1
    assert Trap.visits == []


def test_a_base_address_in_the_document_changes_nothing(trap: str) -> None:
    with pytest.raises(AddressRefused):
        typesetter.typeset([page(f'<base href="{trap}"><img src="x.png" alt="x">')])
    assert Trap.visits == []


def test_a_document_that_needs_too_much_memory_ends_its_own_process_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typesetting, "MEMORY", 64 * 1024 * 1024)
    with pytest.raises(NotSet):
        typeset([order("")])


def test_a_document_that_takes_too_long_ends_its_own_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "SECONDS", 1)
    with pytest.raises(NotSet):
        typeset([order("<p>Tea.</p>" * 20_000)])


def test_the_environment_of_this_process_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEASYPRINT_TEST_SECRET", "canary")
    seen: dict[str, str] = {}

    def start(command: list[str], *, env: dict[str, str], **rest: object) -> None:
        seen.update(env)
        raise OSError("enough seen")

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(OSError, match="enough seen"):
        typeset([order("")])
    assert set(seen) == {"LC_ALL", "PATH", "PYTHONPATH"}
