"""The vault: sealed for one place, opened with one key, gone when the key is gone."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from peersupport.accounts.models import SafeContact
from peersupport.vault import hashing, keys, master, sealing, secret_files
from peersupport.vault.keys import KeyCache, KeyDestroyed, WrongKey
from peersupport.vault.models import DataKey

WORDS = "written by her: ä ☂ \U0001f56f"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """As a process that has just started: no key is remembered."""
    keys.cache.clear()
    yield
    keys.cache.clear()


def written(text: str = WORDS) -> SafeContact:
    """A row with a sealed column, under a key of its own."""
    return SafeContact.objects.create(subject=uuid4(), email_is_safe=True, address=text)


@transaction.atomic
def never_kept(subject: UUID) -> None:
    """Makes a key and a row, and rolls both back."""
    SafeContact.objects.create(subject=subject, address="never kept")
    raise RuntimeError


def again(row: SafeContact) -> str:
    """The text as another process would read it."""
    keys.cache.clear()
    return SafeContact.objects.get(pk=row.pk).address


def raw(row: SafeContact) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM accounts_safecontact WHERE id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


def put(row: SafeContact, data: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_safecontact SET address = %s WHERE id = %s", [data, row.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("text", [WORDS, "x", "x" * 100_000, "line\nline\0null", ""])
def test_what_was_sealed_opens_as_it_was_written(text: str) -> None:
    assert again(written(text)) == text


@pytest.mark.check(54)
@pytest.mark.django_db
def test_a_raw_read_of_the_row_shows_no_word_and_no_two_rows_look_alike() -> None:
    first, second = written(), written()
    for data in (raw(first), raw(second)):
        assert len(data) > len(WORDS)
        assert b"written" not in data
    assert raw(first) != raw(second)


@pytest.mark.check(54)
@pytest.mark.django_db
def test_a_value_moved_to_another_row_of_the_same_person_does_not_open() -> None:
    one = written()
    other = SafeContact.objects.create(subject=one.subject, address="other words")
    put(other, raw(one))
    with pytest.raises(WrongKey):
        again(other)
    assert again(one) == WORDS


@pytest.mark.check(54)
@pytest.mark.django_db
def test_a_value_moved_to_another_column_or_table_does_not_open() -> None:
    row = written()
    key = keys.key_for(row.subject)
    for table, column in (("accounts_safecontact", "note"), ("accounts_mail", "address")):
        with pytest.raises(WrongKey):
            sealing.unseal(raw(row), key=key, at=sealing.place(table, column, row.pk))
    at_home = sealing.place("accounts_safecontact", "address", row.pk)
    assert sealing.unseal(raw(row), key=key, at=at_home) == WORDS


@pytest.mark.check(54)
@pytest.mark.django_db
def test_a_value_under_another_persons_key_does_not_open() -> None:
    one, other = written(), written()
    SafeContact.objects.filter(pk=one.pk).update(subject=other.subject)
    with pytest.raises(WrongKey):
        again(one)


@pytest.mark.check(54)
@pytest.mark.django_db
@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_a_damaged_value_does_not_open(position: int) -> None:
    row = written()
    data = bytearray(raw(row))
    data[position] ^= 1
    put(row, bytes(data))
    with pytest.raises(WrongKey):
        again(row)
    put(row, bytes(data[:5]))
    with pytest.raises(WrongKey):
        again(row)


@pytest.mark.check(54)
@pytest.mark.django_db
def test_with_another_master_key_nothing_opens(settings: Any) -> None:
    row = written()
    settings.MASTER_KEY = base64.b64encode(b"another master key of 32 bytes!!").decode()
    with pytest.raises(WrongKey):
        again(row)


@pytest.mark.check(54)
@pytest.mark.django_db
def test_a_data_key_put_beside_another_subject_does_not_open() -> None:
    one, other = written(), written()
    theirs = DataKey.objects.get(subject=other.subject)
    DataKey.objects.filter(subject=one.subject).update(wrapped=theirs.wrapped)
    with pytest.raises(WrongKey):
        again(one)


@pytest.mark.parametrize("key", ["", "short", "not base64 at all!", base64.b64encode(b"31 bytes").decode()])
def test_a_master_key_that_is_none_is_named(settings: Any, key: str) -> None:
    settings.MASTER_KEY = key
    with pytest.raises(ImproperlyConfigured, match="PEERSUPPORT_MASTER_KEY"):
        master.derived("anything")


@pytest.mark.check(52)
@pytest.mark.django_db
def test_once_the_key_is_destroyed_nothing_opens_and_nothing_can_be_written() -> None:
    row = written()
    old_dump = raw(row)
    keys.destroy(subject=row.subject)
    with pytest.raises(KeyDestroyed):
        again(row)
    with pytest.raises(KeyDestroyed), transaction.atomic():
        SafeContact.objects.create(subject=row.subject, address="a late word")
    # The row of an old dump, put back, finds no key either.
    put(row, old_dump)
    with pytest.raises(KeyDestroyed):
        again(row)
    assert DataKey.objects.get(subject=row.subject).wrapped is None


@pytest.mark.check(52)
@pytest.mark.django_db
def test_a_key_can_be_destroyed_before_it_was_ever_used() -> None:
    subject = uuid4()
    keys.destroy(subject=subject)
    with pytest.raises(KeyDestroyed):
        keys.key_for(subject)


@pytest.mark.check(52)
@pytest.mark.django_db(transaction=True)
def test_a_destroyed_key_is_no_longer_remembered_here() -> None:
    row = written()
    assert again(row) == WORDS
    assert keys.cache.get(row.subject) is not None
    keys.destroy(subject=row.subject)
    with pytest.raises(KeyDestroyed):
        _ = SafeContact.objects.get(pk=row.pk).address


@pytest.mark.django_db(transaction=True)
def test_a_key_of_a_transaction_that_was_rolled_back_is_not_kept() -> None:
    subject = uuid4()
    with pytest.raises(RuntimeError):
        never_kept(subject)
    assert not DataKey.objects.filter(subject=subject).exists()
    row = SafeContact.objects.create(subject=subject, address=WORDS)
    assert again(row) == WORDS


@pytest.mark.django_db(transaction=True)
def test_a_key_of_a_savepoint_that_was_rolled_back_is_not_kept() -> None:
    subject = uuid4()
    with transaction.atomic():
        with pytest.raises(RuntimeError):
            never_kept(subject)
        row = SafeContact.objects.create(subject=subject, address=WORDS)
    assert again(row) == WORDS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_those_who_write_first_at_the_same_time_end_with_one_key(_round: int) -> None:
    subject = uuid4()
    together = threading.Barrier(4)
    rows: list[SafeContact] = []

    def write(number: int) -> None:
        try:
            together.wait(10)
            rows.append(SafeContact.objects.create(subject=subject, address=f"words {number}"))
        finally:
            close_old_connections()
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(20)
    assert DataKey.objects.filter(subject=subject).count() == 1
    assert sorted(again(row) for row in rows) == [f"words {number}" for number in range(4)]


@pytest.mark.django_db(transaction=True)
def test_a_second_writer_waits_for_the_first_ones_key_and_uses_it() -> None:
    subject = uuid4()
    started, go_on, found = threading.Event(), threading.Event(), []

    def second() -> None:
        try:
            started.set()
            found.append(SafeContact.objects.create(subject=subject, address="second"))
        finally:
            go_on.set()
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        first = SafeContact.objects.create(subject=subject, address="first")
        thread.start()
        started.wait(10)
    assert go_on.wait(20)
    thread.join(10)
    assert [again(row) for row in (first, *found)] == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_listing_rows_opens_nothing_and_many_keys_are_loaded_with_one_statement(
    django_assert_num_queries: Any,
) -> None:
    rows = [written() for _ in range(5)]
    keys.cache.clear()
    with django_assert_num_queries(1):
        listed = list(SafeContact.objects.filter(pk__in=[row.pk for row in rows]))
    with django_assert_num_queries(1):
        keys.load({row.subject for row in listed})
        assert {row.address for row in listed} == {WORDS}


def test_a_remembered_key_is_forgotten_after_its_seconds_and_when_there_are_too_many() -> None:
    cipher = keys.unwrap(subject := uuid4(), keys.wrap(subject))
    ages = KeyCache(size=2, seconds=0.0)
    ages.put(subject, cipher)
    assert ages.get(subject) is None
    full = KeyCache(size=2)
    subjects = [uuid4() for _ in range(3)]
    for one in subjects:
        full.put(one, cipher)
    assert [full.get(one) is not None for one in subjects] == [False, True, True]


@pytest.mark.django_db
def test_what_is_sealed_cannot_be_serialised() -> None:
    with pytest.raises(TypeError, match="sealed"):
        serializers.serialize("json", [written()])


@pytest.mark.django_db
def test_saving_a_row_that_nobody_opened_leaves_its_bytes_alone() -> None:
    row = written()
    before = raw(row)
    read = SafeContact.objects.get(pk=row.pk)
    read.from_hour, read.until_hour = 9, 12
    read.save()
    assert raw(row) == before
    assert again(row) == WORDS


def test_equal_values_have_equal_hashes_for_one_purpose_only() -> None:
    one = hashing.keyed_hash("value", purpose="codes")
    assert one == hashing.keyed_hash("value", purpose="codes")
    assert one != hashing.keyed_hash("value", purpose="tokens")
    assert one != hashing.keyed_hash("value2", purpose="codes")
    assert len(one) == 32


def test_a_secret_file_is_made_once_and_read_by_its_owner_only(tmp_path: Any) -> None:
    path = tmp_path / "keys" / "master.key"
    together = threading.Barrier(4)
    made: list[str] = []

    def make() -> None:
        together.wait(10)
        made.append(secret_files.read_or_make(path, size=32))

    makers = [threading.Thread(target=make) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(10)
    assert len(set(made)) == 1
    assert len(base64.b64decode(made[0])) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["master.key"]


@pytest.mark.check(54)
@pytest.mark.django_db
def test_keys_stand_in_a_schema_of_their_own() -> None:
    written()
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_schema FROM information_schema.columns WHERE column_name = 'wrapped'")
        assert cursor.fetchall() == [("vault",)]


@pytest.mark.django_db
def test_the_time_of_destroying_is_kept() -> None:
    row = written()
    keys.destroy(subject=row.subject)
    gone = DataKey.objects.get(subject=row.subject).destroyed_at
    assert gone is not None
    assert timezone.now() - gone < timedelta(minutes=1)
