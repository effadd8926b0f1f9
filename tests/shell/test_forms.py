"""Forms: label, hint and error beside each field, told to those who listen too."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from tests.shell.sample import SampleForm


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
