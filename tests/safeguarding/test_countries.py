"""Whether an authority is told: questions by country, answered one by one, decided by two."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.http import Http404
from django.test import Client
from pytest_django import Settings

from peersupport.safeguarding import countries, keeping, reporting
from peersupport.safeguarding.models import Asked, Concern, Reporting
from peersupport.safeguarding.raising import Over
from tests.cast import Cast
from tests.facilitators.conftest import enters
from tests.safeguarding.conftest import opened, second_coordinator, text

pytestmark = pytest.mark.django_db

PACK = """format: 1
country: fi
status: to be confirmed by counsel
minutes: 60
questions:
  - code: duty
    question: {en: Must we?}
    ask: {en: counsel}
"""


def concern_in(cast: Cast, country: str) -> Concern:
    """A concern about somebody of a country, opened by Salla."""
    concern = opened(cast)
    Concern.objects.filter(pk=concern.pk).update(country=country)
    return Concern.objects.get(pk=concern.pk)


def test_finland_and_the_united_kingdom_are_questions_that_counsel_has_to_confirm() -> None:
    known = yaml.safe_load((site_settings.GUIDES_DIR / "sources.yaml").read_text(encoding="utf-8"))
    for code in ("fi", "gb"):
        pack = countries.pack_for(code, "en")
        assert pack is not None
        assert pack.questions
        assert not pack.is_confirmed
        assert all(one.question.endswith(("?", ".")) for one in pack.questions)
        cited = {source for one in pack.questions for source in one.sources}
        assert cited <= known.keys()


@pytest.mark.parametrize("code", ["se", "be", "fr", "zz"])
def test_where_nobody_gathered_questions_the_page_says_so(cast: Cast, salla: Client, code: str) -> None:
    concern = concern_in(cast, code)
    page = text(salla, f"/desk/matters/concerns/{concern.pk}/country/")
    assert "Nobody has gathered the questions for this country yet." in page
    assert "does not mean that there is no duty" in page


def test_each_answer_says_who_gave_it_and_the_earlier_one_stays(cast: Cast, salla: Client) -> None:
    concern = concern_in(cast, "fi")
    path = f"/desk/matters/concerns/{concern.pk}/country/"
    assert "to be confirmed by counsel" in text(salla, path)
    for answer, words in (("unsure", "I asked"), ("yes", "counsel says so")):
        salla.post(path, {"question": "duty", "answer": answer, "words": words})
    page = text(salla, path)
    assert "counsel says so" in page
    assert "I asked" not in page
    assert [one.by for one in concern.answers.all()] == [cast.salla.pk] * 2
    assert salla.post(path, {"question": "nothing", "answer": "yes"}).status_code == 404


def test_to_report_or_not_is_decided_by_two(cast: Cast, salla: Client) -> None:
    concern, tuuli = concern_in(cast, "fi"), second_coordinator(cast)
    path = f"/desk/matters/concerns/{concern.pk}/country/"
    salla.post(path, {"do": "propose", "report": "yes", "reason": "The child is not safe."})
    salla.post(path, {"do": "second", "agree": "yes", "reason": "I agree with myself"})
    assert Reporting.objects.get().decided_at is None
    with pytest.raises(reporting.DecidedAlready):
        reporting.propose(concern.pk, report=False, reason="no", by=cast.salla, now=cast.now)
    with pytest.raises(Http404):
        reporting.decide(Reporting.objects.get().pk, agree=True, reason="ok", by=tuuli, now=cast.now)
    keeping.name(concern.pk, whom=tuuli, reason="second person", by=cast.salla, now=cast.now)
    enters(tuuli).post(path, {"do": "second", "agree": "yes", "reason": "So do I see it."})
    decided = Reporting.objects.get()
    assert (decided.agreed, decided.decided_by) == (True, tuuli.pk)
    assert "So do I see it." in text(salla, path)
    with pytest.raises(reporting.DecidedAlready):
        reporting.decide(decided.pk, agree=False, reason="late", by=tuuli, now=cast.now)


def test_a_closed_concern_is_answered_no_more(cast: Cast) -> None:
    concern = concern_in(cast, "fi")
    keeping.close(concern.pk, outcome=Concern.Outcome.SUPPORTED, reason="so", by=cast.salla, now=cast.now)
    with pytest.raises(Over):
        reporting.answer(
            concern.pk, question="duty", answer=Asked.Answer.YES, words="", by=cast.salla, now=cast.now
        )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("minutes: 60\n", "", "fi.yaml:1: minutes is missing"),
        ("country: fi", "country: se", "fi.yaml:2: country must be fi"),
        ("status: to be confirmed by counsel", "status: sure", "fi.yaml:3: status must be one of"),
        ("{en: Must we?}", "{fi: Pitääkö?}", r"fi.yaml:6: questions\[0\].question must say it"),
        ("{en: counsel}", "{en: counsel}\n    known: {en: a fact}", r"questions\[0\].sources is missing"),
        ("code: duty", "code: Duty!", r"questions\[0\].code must be a word"),
        ("format: 1", "format: 9", "fi.yaml:1: format must be 1"),
        ("format: 1", "format: 1\nfoo: 1", "fi.yaml:2: foo is not a known field"),
    ],
)
def test_a_wrong_pack_of_the_organisation_is_named_with_line_and_field(
    tmp_path: Path, settings: Settings, old: str, new: str, says: str
) -> None:
    assert old in PACK
    settings.SAFEGUARDING_DIR = str(tmp_path)
    (tmp_path / "fi.yaml").write_text(PACK, encoding="utf-8")
    call_command("safeguarding", "check")
    own = countries.pack_for("fi", "fi")
    assert own is not None
    assert [one.question for one in own.questions] == ["Must we?"], "the organisation's own comes first"
    (tmp_path / "fi.yaml").write_text(PACK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CommandError, match=says):
        call_command("safeguarding", "check")
