"""What a message is looked over for: personal details, private words, accounts, signs of distress."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from peersupport.chat import checks, nudges
from peersupport.chat.nudges import lists
from peersupport.chat.nudges.folding import Text
from peersupport.chat.nudges.matching import Matcher
from peersupport.chat.nudges.numbers import kind_of
from peersupport.chat.nudges.phrases import BadPhrase, read
from peersupport.chat.nudges.private import PrivateWords
from tests.chat.measuring import languages, score
from tests.chat.sentences import sentences

Measured = Callable[[str, object], None]


def kinds(text: str, *, cases_open: bool = False) -> set[str]:
    """The kinds of what was found in a text."""
    return {finding.kind for finding in nudges.look_over(text, country="FI", cases_open=cases_open).findings}


def places(text: str, words: str) -> list[str]:
    """Where a member's private words were found, as they stand in the text."""
    found = nudges.look_over(text, country="FI", private=PrivateWords(words.splitlines())).findings
    return [text[one.start : one.end] for one in found if one.kind == "private"]


@pytest.mark.check(59)
@pytest.mark.parametrize(
    ("about", "misses", "alarms"),
    [("details", 0.05, 0.05), ("evidence", 0.1, 0.1), ("distress", 0.1, 0.1)],
)
def test_the_lists_find_what_they_should_and_little_else(
    about: str, misses: float, alarms: float, record_property: Measured
) -> None:
    for language in languages():
        found = score(about, language)
        record_property("did", f"{about} {language}: {found}")
        assert found.misses <= misses, found.missed
        assert found.alarms <= alarms, found.alarmed
        assert found.wanted + found.unwanted >= 30


def test_there_are_enough_sentences_of_each_language() -> None:
    for language in languages():
        every = [one for about in ("details", "evidence", "distress") for one in sentences(about)]
        assert sum(one.language == language for one in every) >= 90


@pytest.mark.check(59)
def test_a_number_of_any_country_is_asked_about(record_property: Measured) -> None:
    missed = []
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for region in regions:
        example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
            written = phonenumbers.format_number(example, form) if example else ""
            if written and not kinds(f"It is {written}, in the evening."):
                missed.append(f"{region} {written}")
    record_property("did", f"numbers of {len(regions)} plans in three forms: {len(missed)} not found")
    assert len(missed) <= 0.05 * 3 * len(regions), missed


@pytest.mark.parametrize(
    "text",
    [
        "12.11.2025 18.30-20.00",
        "from 2.12. 9.12. 16.12. 23.12.",
        "2024-11-22 08:00",
        "in 2019-2020 and 2021-2022",
        "1 000 000 euros",
        "04 11 2025",
        "1 2 3 4 5 6 7 8 9 10",
    ],
)
def test_a_date_a_time_or_a_sum_is_no_number_to_ask_about(text: str) -> None:
    assert kinds(text) == set()


def test_a_finding_says_where_in_code_points() -> None:
    text = "💚💚 Äiti: x@example.org"
    (found,) = nudges.look_over(text, country="FI").findings
    assert text[found.start : found.end] == "x@example.org"
    assert found.wire() == {"kind": "email", "start": 9, "end": 22}


@pytest.mark.parametrize("text", ["٠٤٠ ١٢٣ ٤٥٦٧", "０４０ １２３ ４５６７"])
def test_digits_of_other_scripts_are_digits(text: str) -> None:
    assert kinds(text) == {"phone"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ainon koulu soitti, Ainolle piti hakea vaatteita", ["Ainon", "Ainolle"]),
        ("aino's teacher said so", ["aino"]),
        ("We took AINO there.", ["AINO"]),
        ("Ai no, that is not it; nor is Ainomaija or domaino", []),
        ("Muutimme Turusta, asuimme Turussa", ["Turusta", "Turussa"]),
        ("Rene and RENÉ and René's dog", ["Rene", "RENÉ", "René"]),
        ("she met Anna Liisa, not Anna or Liisa", ["Anna Liisa"]),
        ("Lahdessa, Lahteen", ["Lahdessa", "Lahteen"]),
        ("the Alien is alive", []),
    ],
)
def test_her_private_words_are_found_inflected_and_whole(text: str, found: list[str]) -> None:
    assert places(text, "Aino\nTurku\nRené\nAnna Liisa\nLahti\nAli") == found


ACCOUNT = {
    "en": "He touched her in the car and on the 4th of May she told the police what he did.",
    "fi": "Hän kosketti lasta autossa 4. toukokuuta, ja tyttö kertoi poliisille kaiken.",
    "sv": "Han rörde henne i bilen den 4 maj och hon berättade för polisen.",
    "fr": "Il l'a touchée dans la voiture le 4 mai et elle a raconté à la police.",
}
FEELING = {
    "en": "I keep thinking of what he did. The court date is 4 December and I am afraid.",
    "fi": "Ajattelen koko ajan mitä hän teki. Käsittely on 4. joulukuuta ja pelottaa.",
    "sv": "Jag tänker hela tiden på vad han gjorde. Rättegången är den 4 december och jag är rädd.",
    "fr": "Je pense tout le temps à ce qu'il a fait. L'audience est le 4 décembre et j'ai peur.",
}


@pytest.mark.parametrize("language", list(ACCOUNT))
def test_an_account_is_told_from_a_feeling_and_only_where_cases_are_open(language: str) -> None:
    assert kinds(ACCOUNT[language], cases_open=True) == {"evidence"}
    assert kinds(ACCOUNT[language]) == set()
    assert kinds(FEELING[language], cases_open=True) == set()


@pytest.mark.check(59)
@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I want to die", "urgent"),
        ("I don't want to die", ""),
        ("I can't go on and I want to die", "urgent"),
        ("years ago I thought I would kill myself", "watch"),
        ("she used to cut herself", ""),
        ("I am dying to know, I nearly died laughing", ""),
    ],
)
def test_what_is_denied_or_long_past_does_not_alarm(text: str, level: str) -> None:
    found = nudges.look_over(text, country="FI").distress
    assert (found.level if found else "") == level


NASTY = [
    "he ",
    "want to ",
    "i am going to ",
    "(((((",
    "a",
    "a@",
    "@a.",
    "å",
    "12 ",
    "0" * 7 + " ",
    "1-",
    "x.y",
    "school School ",
    "12 Oak ",
    "a\u0301",
    "snap:",
    "katu 1 ",
    "gmail ",
    "www.",
    "en jaksa ",
    "(a+)+$ ",
]


def least_seconds(do: Callable[[], object]) -> float:
    """What it takes of the processor, the least of three times: a pause for other work is no finding."""
    found = []
    for _time in range(3):
        began = time.thread_time()
        do()
        found.append(time.thread_time() - began)
    return min(found)


@pytest.mark.check(29)
@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_takes_long_however_it_was_made(nasty: str) -> None:
    private = PrivateWords(["aaaa aaaa aaaa"] * 20)
    text = (nasty * 4_000)[:4_000]
    seconds = least_seconds(lambda: nudges.look_over(text, country="EE", private=private, cases_open=True))
    # A backtracking pattern would take seconds; the worst of these takes about twenty milliseconds.
    assert seconds < 0.25, f"{seconds * 1000:.0f} ms"


@pytest.mark.check(29)
def test_many_phrases_that_begin_alike_take_no_longer_than_the_bound() -> None:
    many = Matcher(
        (f"he ... he he he (he|she|{'x' * (number % 9 + 1)}) end", number) for number in range(2_000)
    )
    text = Text("he " * 1_300 + "end")
    assert least_seconds(lambda: many.hits(text)) < 2


LIST = """
language = "en"
purpose = "distress"
licence = "CC0-1.0"
date = 2026-11-22
reviewed_by = "Somebody who knows"
about = "Ours."
[[lists]]
kind = "despair"
level = "watch"
phrases = ["{phrase}"]
"""


@pytest.mark.check(29)
@pytest.mark.parametrize("phrase", ["(a+)+$", "[a-z]{1,}", ".*", "(a|a", "a)b", "...", "^", "ab*", ""])
def test_a_list_cannot_hold_a_pattern(phrase: str, tmp_path: Path) -> None:
    with pytest.raises(BadPhrase):
        read(phrase)
    (tmp_path / "own.toml").write_text(LIST.replace("{phrase}", phrase))
    with pytest.raises(lists.BadList, match=r"own\.toml"):
        lists.files(str(tmp_path))


@pytest.mark.check(29)
def test_words_of_the_organisation_are_added_or_stand_instead_of_ours(tmp_path: Path) -> None:
    ours = lists.files("")
    (tmp_path / "own.toml").write_text(LIST.replace("{phrase}", "at sea"))
    added = lists.files(str(tmp_path))
    assert len(added) == len(ours) + 1
    (tmp_path / "own.toml").write_text("replaces = true\n" + LIST.replace("{phrase}", "at sea"))
    instead = [one.name for one in lists.files(f"{tmp_path}/")]
    assert "own.toml" in instead
    assert "distress.en.toml" not in instead


def test_a_broken_list_stops_the_start_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(LIST.replace("despair", "sadness"))
    with override_settings(WORD_LISTS_DIR=str(tmp_path)):
        lists.files.cache_clear()
        (error,) = checks.word_lists_can_be_used(None)
        with pytest.raises(CommandError, match=r"own\.toml"):
            call_command("word_lists")
    lists.files.cache_clear()
    assert "own.toml" in error.msg
    assert checks.word_lists_can_be_used(None) == []


def test_every_list_says_its_licence_its_day_and_who_has_read_it() -> None:
    shipped = lists.files("")
    assert {(one.language, one.purpose) for one in shipped} == {
        (language, purpose) for language in ("en", "fi", "sv", "fr") for purpose in lists.KINDS
    }
    for one in shipped:
        assert one.licence == "CC0-1.0"
        assert one.reviewed_by == "", "name them in docs/word-lists.md, too"


def test_long_numbers_are_told_apart() -> None:
    assert kind_of("131052-308") == "number"
    assert kind_of("21 1234 5600 0007 85") == "number"
    assert kind_of("040 123") == ""
