"""Every answer, errors and files included, carries the same protective headers."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.urls("tests.shell.sample")

ANSWERS = {
    "/": 200,
    "/privacy/": 200,
    "/leave/": 303,
    "/nothing/": 404,
    "/sample/400/": 400,
    "/sample/403/": 403,
    "/sample/500/": 500,
    "/sample/503/": 503,
}


@pytest.mark.check(25)
@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), ANSWERS.items())
def test_pages_and_errors_allow_no_inline_script_and_no_frame(path: str, status: int, client: Client) -> None:
    client.raise_request_exception = False
    response = client.get(path)
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.check(25)
def test_a_wrong_host_is_answered_with_the_same_headers(client: Client) -> None:
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.check(51)
@pytest.mark.django_db
def test_a_file_inside_a_form_is_dropped_unread(client: Client) -> None:
    picture = BytesIO(b"not wanted")
    picture.name = "holiday.jpg"
    response = client.post("/sample/form/", {"name": "Willow", "picture": picture})
    assert response.status_code == 200
    assert response.wsgi_request.POST["name"] == "Willow"
    assert not response.wsgi_request.FILES
    assert settings.FILE_UPLOAD_HANDLERS == []
