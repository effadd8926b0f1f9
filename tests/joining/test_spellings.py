"""Two spellings of one person meet, two people do not: names of many scripts, addresses, numbers."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from peersupport.joining.conflicts.matching import Known, strength_of
from peersupport.joining.conflicts.spellings import Form, TooVague, forms_of

SURE = [
    ("Anna Ivanova", "ivanova ANNA"),
    ("Анна Иванова", "Anna Ivanova"),
    ("Анна Иванова", "Иванова Анна"),
    ("Jürgen Müller", "Juergen Mueller"),
    ("Jürgen Müller", "Jurgen Muller"),
    ("Åsa Ström", "Asa Strom"),
    ("Åsa Ström", "Aasa Stroem"),
    ("Søren Kjær", "Soeren Kjaer"),
    ("Mary O'Brien", "Mary O’Brien"),
    ("Mary O'Brien", "Mary OBrien"),
    ("Łukasz Żółć", "Lukasz Zolc"),
    ("José Muñoz", "Jose\u0301 Mun\u0303oz"),
    ("Jose Munoz", "José Muñoz"),
    ("Nguyễn Thị Mai", "Nguyen Thi Mai"),
    ("Maria Garcia-Lopez", "Maria Garcia Lopez"),
    ("Maria Garcia-Lopez", "Lopez Garcia, Maria"),
    ("Anna-Maria Virtanen", "Annamaria Virtanen"),
    ("Omar al-Hassan", "Omar Alhassan"),
    ("Γεώργιος Παπαδόπουλος", "Georgios Papadopoulos"),
    ("Χρήστος Νικολάου", "Christos Nikolaou"),
    ("Ελένη Αλεξίου", "Eleni Alexiou"),
    ("Γιάννης Παππάς", "ΓΙΑΝΝΗΣ ΠΑΠΠΑΣ"),
    ("محمد حسن", "مُحَمَّد حسن"),
    ("Dr. Anna Ivanova", "Anna Ivanova"),
    ("王伟", "Wang Wei"),
    ("Fatih Işık", "Fatih Isik"),
    ("ＡＮＮＡ　Ivanova", "Anna Ivanova"),
    ("anna.ivanova@gmail.com", "Anna.Ivanova+x@GoogleMail.com"),
    ("annaivanova@gmail.com", "a.n.n.a.ivanova@gmail.com"),
    ("anna@bücher.example", "anna@xn--bcher-kva.example"),
    ("anna@home.example", "Anna <ANNA+news@HOME.example.>"),
    ("040 123 4567", "+358 40 1234567"),
    ("00358401234567", "+358 (40) 123-4567"),
    ("٠٤٠ ١٢٣ ٤٥٦٧", "+358401234567"),
]
MAYBE = [
    ("Анна Иванова", "Anna Ivanowa"),
    ("Anna Iwanowa", "Anna Ivanova"),
    ("Юлия Щербакова", "Julia Schtscherbakowa"),
    ("Юлия Щербакова", "Iuliia Shcherbakova"),
    ("Александр Чехов", "Aleksander Tšehov"),
    ("Хрущёв Сергей", "Sergej Khrushchev"),
    ("Juergen Mueller", "Jurgen Muller"),
    ("Anna Sergeevna Ivanova", "Anna Ivanova"),
    ("Анна Сергеевна Иванова", "Iwanowa Anna"),
    ("Maria Garcia-Lopez", "Maria Garcia"),
    ("Anna Maria Virtanen", "Virtanen Annamaria"),
    ("Jan van den Berg", "Jan Vandenberg"),
    ("Jan van den Berg", "Jan Berg"),
    ("Omar Al Hassan", "Omar Hassan"),
    ("A. Ivanova", "Anna Ivanova"),
    ("Ivanova J.", "Юлия Иванова"),
    ("Ch. Berg", "Christina Berg"),
    ("Ю. Иванова", "Julia Ivanova"),
    ("Yu. Ivanova", "Юлия Иванова"),
    ("محمد حسين", "Mohammed Hussein"),
    ("محمد حسين", "Muhammad Hussain"),
    ("فاطمة الخطيب", "Fatima Khatib"),
    ("يوسف خالد", "Youssef Khaled"),
    ("سارة أحمد", "Sarah Ahmed"),
    ("محمد علي حسن", "Mohammed Hassan"),
    ("Γεώργιος Παπαδόπουλος", "Georgios Papadopulos"),
    ("Χρήστος Νικολάου", "Khristos Nikolaou"),
    ("Ευάγγελος Μπακάλης", "Evangelos Bacalis"),
    ("Ελένη Αλεξίου", "Eleni Aleksiou"),
    ("王小明", "Wang Xiaoming"),
    ("040 123 4567", "+46 40 123 4567"),
]
NEVER = [
    ("Anna Ivanova", "Anna Petrova"),
    ("Anna Ivanova", "Maria Ivanova"),
    ("Anna Maria Virtanen", "Anna Maria Korhonen"),
    ("Pekka Juhani Virtanen", "Matti Juhani Virtanen"),
    ("Ali bin Hassan", "Omar bin Hassan"),
    ("B. Ivanova", "Anna Ivanova"),
    ("محمد حسن", "علي حسن"),
    ("Mohammed Hussein", "Mahmud Hassan"),
    ("anna@home.example", "anna@work.example"),
    ("a.nna@home.example", "anna@home.example"),
    ("040 123 4567", "040 123 4568"),
    ("anna.ivanova@home.example", "Anna Ivanova"),
]
VAGUE = [
    "", " ", "Ivanova", "I. A.", "-", "…", "Иванова", "@", "anna@", "@home.example", "anna@home",
    "an na@home.example", "12345", "040", "+999 123 456 789", "\u0301", "👩",
    "a@" + "x" * 70 + ".example", "(work)",
]  # fmt: skip


def met(one: str, other: str) -> str | None:
    """How two lines meet: "sure", "maybe" or not at all."""
    first, second = ({form.text: form for form in forms_of(line, country="fi")} for line in (one, other))
    strengths = {
        strength_of(_known(first[text]), _known(second[text])) for text in first.keys() & second.keys()
    }
    return "sure" if "sure" in strengths else "maybe" if "maybe" in strengths else None


def _known(form: Form) -> Known:
    return Known("", "", form.text.encode(), form.strength, form.sort)


@pytest.mark.parametrize(("one", "other"), SURE)
def test_two_spellings_of_one_person_surely_meet(one: str, other: str) -> None:
    assert (met(one, other), met(other, one)) == ("sure", "sure")


@pytest.mark.parametrize(("one", "other"), MAYBE)
def test_likely_spellings_of_one_person_may_meet(one: str, other: str) -> None:
    assert (met(one, other), met(other, one)) == ("maybe", "maybe")


@pytest.mark.parametrize(("one", "other"), NEVER)
def test_two_people_do_not_meet(one: str, other: str) -> None:
    assert (met(one, other), met(other, one)) == (None, None)


@pytest.mark.parametrize("line", VAGUE)
def test_what_tells_nobody_is_refused(line: str) -> None:
    with pytest.raises(TooVague):
        forms_of(line, country="fi")


FIRST = (
    "Anna Maria Johanna Kaisa Liisa Elina Sofia Emilia Olga Natalia Svetlana Irina Fatima Aisha Zainab "
    "Layla Mari Sari Hanna Henna Pekka Matti Juha Mikko Antti Sergei Ivan Dmitri Andrei Aleksei Mohammed "
    "Ahmed Ali Hassan Omar Lars Nils Erik Jürgen Thomas Peter Michael Sanna Sonja Tanja Tarja Katja Merja "
    "Mirja Minna"
)
LAST = (
    "Virtanen Korhonen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen "
    "Saarinen Salminen Niemi Heinonen Heikkilä Kinnunen Salonen Turunen Salo Ivanova Petrova Sidorova "
    "Smirnova Kuznetsova Popova Sokolova Lebedeva Hussein Abdi Mohamud Ibrahim Osman Yusuf Andersson "
    "Johansson Karlsson Nilsson Eriksson Larsson Müller Schmidt Schneider Fischer Weber Meyer Wagner "
    "Becker Schulz Hoffmann"
)


def test_of_invented_people_hardly_two_meet_by_chance() -> None:
    names = [f"{first} {last}" for first, last in product(FIRST.split(), LAST.split())]
    chosen = Random(61).sample(names, 1000)
    by_form: dict[str, list[tuple[str, Form]]] = {}
    for name in chosen:
        for form in forms_of(name, country="fi"):
            by_form.setdefault(form.text, []).append((name, form))
    alarms: dict[str, set[frozenset[str]]] = {"sure": set(), "maybe": set()}
    for same in by_form.values():
        for (one, form), (other, another) in product(same, same):
            strength = strength_of(_known(form), _known(another))
            if one < other and strength is not None:
                alarms[strength].add(frozenset((one, other)))
    pairs = len(chosen) * (len(chosen) - 1) // 2
    assert not alarms["sure"]
    # Eight members and an applicant, five names each: one look at nothing in dozens of offers at the most.
    assert len(alarms["maybe"]) / pairs < 1 / 10_000, sorted(map(sorted, alarms["maybe"]))
