"""Forms: label, hint and error beside each field, told to those who listen too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_resolver

from peersupport.joining.fields import PlainTextField
from tests.shell.sample import SampleForm

SITE = ("peersupport", "guides", "facilitators")
# The message itself, whose box counts and says what is over; and what is given back as it was written.
WITHOUT_A_BOUND = ('id="composer-body"', 'id="back-{{ name }}"')


def field(name: str, *, sent: dict[str, str] | None = None) -> str:
    return str(SampleForm(sent)[name].as_field_group())


def test_a_field_has_a_label_and_its_hint_is_read_with_it() -> None:
    html = field("name")
    assert '<label class="field-label" for="id_name">What shall we call you?' in html
    assert 'id="id_name_helptext"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert "aria-invalid" not in html


def test_an_error_stands_beside_its_field_and_is_read_with_it() -> None:
    html = field("name", sent={})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert re.search(r'id="id_name_error">.*Error:.*This field is required', html, re.DOTALL)


def test_what_was_written_stays() -> None:
    assert 'value="not an address"' in field("email", sent={"email": "not an address"})


def test_what_may_be_left_out_says_so_and_the_rest_does_not() -> None:
    assert "you may leave this out" in field("email")
    assert "you may leave this out" not in field("name")


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    html = field("how", sent={})
    assert '<fieldset aria-describedby="id_how_helptext id_how_error">' in html
    assert re.search(r'<legend class="field-label">\s*How may we reach you\?', html)
    assert '<label for="id_how_0">By e-mail</label>' in html


def test_the_summary_leads_to_each_field_and_takes_the_focus() -> None:
    form = SampleForm({"kept": "x"})
    html = render_to_string("components/error_summary.html", {"form": form})
    assert "autofocus" in html
    assert 'tabindex="-1"' in html
    leads_to = re.findall(r'href="#([^"]+)"', html)
    assert leads_to == ["id_name", "id_about", "id_country", "id_how_0", "id_agree"]
    page = str(form)
    for control in leads_to:
        assert f'id="{control}"' in page


def test_an_empty_form_has_no_summary() -> None:
    assert "error-summary" not in str(SampleForm())


def test_what_someone_wrote_is_escaped() -> None:
    assert "<b>" not in str(SampleForm({"name": "<b>", "about": "</textarea><b>"}))


def test_a_box_stops_where_the_server_would_or_gives_what_is_too_long_back_whole() -> None:
    bounded = [each for each in _text_fields() if each.max_length is not None]
    assert len(bounded) > 10
    for each in bounded:
        box = each.widget.attrs.get("maxlength")
        assert box == str(each.max_length) or isinstance(each, PlainTextField), each.label


def test_so_does_every_box_that_a_template_draws_by_itself() -> None:
    boxes = [
        box
        for app in SITE
        for template in sorted(Path(settings.BASE_DIR, app).glob("**/templates/**/*.html"))
        for box in re.findall(
            r"<textarea.*?>|<input(?![^>]* type=).*?>", template.read_text(encoding="utf-8")
        )
        if not any(name in box for name in WITHOUT_A_BOUND)
    ]
    assert len(boxes) > 5
    assert [box for box in boxes if "maxlength=" not in box] == []


def _text_fields() -> Iterator[forms.CharField]:
    """Every text field of the site's own forms; asking for the addresses has loaded them."""
    assert get_resolver().url_patterns
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.partition(".")[0] in SITE:
            for each in getattr(form, "base_fields", {}).values():
                if isinstance(each, forms.CharField) and not each.widget.is_hidden:
                    yield each
