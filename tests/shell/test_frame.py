"""The frame every page stands in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, override_settings

PAGE = (
    '{% extends "base.html" %}{% block title %}Skills{% endblock %}{% block main %}<p>words</p>{% endblock %}'
)


def drawn(**context: object) -> str:
    return engines["django"].from_string(PAGE).render(context)


def test_a_page_is_drawn_without_a_request() -> None:
    with override_settings(SITE_NAME="Evening paper", DEMO=False):
        page = drawn()
    assert "<title>Skills – Evening paper</title>" in page
    assert 'lang="en"' in page
    assert "<p>words</p>" in page
    assert "Demonstration" not in page


def test_the_demonstration_says_so_on_every_page_errors_included() -> None:
    with override_settings(DEMO=True):
        assert "nothing here is real" in drawn()
        assert "nothing here is real" in render_to_string("errors/404.html")


@pytest.mark.check(46)
@pytest.mark.parametrize("template", ["errors/404.html", "shell/home.html", "errors/500.html"])
def test_leaving_is_a_plain_link_twice_on_every_page(template: str) -> None:
    page = render_to_string(template)
    links = re.findall(r'<a [^>]*href="/leave/"[^>]*>', page)
    assert len(links) == 2
    assert all("noreferrer" in link for link in links)
    skip_links = page.split("</nav>")[0]
    assert 'href="#main"' in skip_links
    assert 'href="/leave/"' in skip_links


@pytest.mark.check(25)
def test_no_page_of_the_shell_has_inline_style_or_script(client: Client) -> None:
    for template in ("shell/home.html", "shell/about_leaving.html", "errors/404.html", "errors/503.html"):
        page = render_to_string(template)
        assert "<style" not in page
        assert not re.search(r"\sstyle=|\son[a-z]+=", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_the_drawing_is_light() -> None:
    drawing = render_to_string("shell/drawing.html")
    assert len(drawing.encode()) < 6 * 1024


@pytest.mark.django_db
def test_home_shows_three_doors_and_the_way_back_in(client: Client) -> None:
    page = client.get("/").content.decode()
    assert re.findall(r'class="door" href="([^"]+)"', page) == [
        "/en/guides/next-steps/",
        "/en/guides/online-safety-skills/",
        "/join/",
    ]
    assert 'href="/my/"' in page


@pytest.mark.django_db
def test_privacy_names_the_periods_of_this_installation(client: Client) -> None:
    periods = {"ROOM_TEXT_DAYS": 41, "APPLICATION_DAYS": 42, "MAIL_DAYS": 43, "AUDIT_DAYS": 44}
    with override_settings(**periods, SIGN_IN=timedelta(days=45)):
        page = client.get("/privacy/").content.decode()
    for days in (41, 42, 43, 44, 45):
        assert f"{days} days" in page
