"""The audit record: written with the act or not at all, never changed, let go by the owner alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from peersupport.accounts.models import SafeContact
from peersupport.audit.models import Entry
from peersupport.audit.recording import record
from peersupport.audit.retaining import forget_old
from peersupport.database.address import OWNER_ROLE, WEB_ROLE
from peersupport.database.cluster import Cluster
from tests.cast import Cast
from tests.throwaway import as_owner, grant_truncate

pytestmark = pytest.mark.django_db(transaction=True)


def run(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def test_an_act_is_noted_with_who_what_and_about_whom(cast: Cast) -> None:
    record(what="application.read", by=cast.salla, about=cast.aino, pages=3)
    entry = Entry.objects.latest("id")
    assert (entry.what, entry.actor, entry.about, entry.facts) == (
        "application.read",
        cast.salla.pk,
        f"accounts.user:{cast.aino.pk}",
        {"pages": 3},
    )


def test_what_the_system_does_by_itself_has_no_actor() -> None:
    record(what="meeting.reminded", by=None, about="meeting:1")
    assert Entry.objects.get().actor is None


@pytest.mark.check(40)
def test_an_act_that_is_rolled_back_leaves_no_row() -> None:
    @transaction.atomic
    def act() -> None:
        record(what="place.offered", by=None)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Entry.objects.exists()


@pytest.mark.check(40)
def test_an_act_that_cannot_be_noted_does_not_happen() -> None:
    @transaction.atomic
    def act() -> None:
        SafeContact.objects.create(subject=uuid4())
        record(what="x" * 61, by=None)

    with pytest.raises(DatabaseError):
        act()
    assert not SafeContact.objects.exists()


@pytest.mark.check(40)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET what = 'nothing'",
        "DELETE FROM audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_is_never_emptied",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_keeps_the_past",
        "DROP TRIGGER audit_keeps_the_past ON audit_entry",
        "SET LOCAL peersupport.audit_retention = 'on'; DELETE FROM audit_entry",
    ],
)
def test_the_site_itself_cannot_touch_the_past(statement: str) -> None:
    record(what="concern.read", by=None)
    with pytest.raises(ProgrammingError):
        run(statement)
    assert Entry.objects.get().what == "concern.read"


@pytest.mark.check(40)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET what = 'nothing'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "SET LOCAL peersupport.audit_retention = 'on'; TRUNCATE audit_entry",
    ],
)
def test_the_owner_is_stopped_too(statement: str) -> None:
    record(what="concern.read", by=None)
    with as_owner(), pytest.raises(ProgrammingError, match="never changed"):
        run(statement)
    assert Entry.objects.get().what == "concern.read"


@pytest.mark.check(40)
def test_no_switch_of_the_owner_passes_by_the_triggers() -> None:
    record(what="concern.read", by=None)
    with as_owner(), pytest.raises(ProgrammingError, match="permission denied to set parameter"):
        run("SET LOCAL session_replication_role = replica; TRUNCATE audit_entry")
    assert Entry.objects.exists()


@pytest.mark.check(40)
def test_the_site_may_not_empty_the_table_and_the_tests_only_past_the_trigger(cluster: Cluster) -> None:
    record(what="concern.read", by=None)
    with cluster.connect(user=OWNER_ROLE) as owner:
        may = "SELECT has_table_privilege(%s, 'audit_entry', 'TRUNCATE')"
        assert owner.execute(may, [WEB_ROLE]).fetchone() == (False,)
    with pytest.raises(ProgrammingError, match="never changed"):
        run("TRUNCATE audit_entry")
    assert Entry.objects.exists()


def test_the_lock_against_emptying_can_be_taken_off_and_put_on_again(cluster: Cluster) -> None:
    record(what="concern.read", by=None)
    with as_owner():
        call_command("migrate", "audit", "0001", verbosity=0)
        try:
            with transaction.atomic():
                run("TRUNCATE audit_entry")
                transaction.set_rollback(True)
        finally:
            call_command("migrate", "audit", verbosity=0)
            # Every migrate gives the site's rights anew, and no others.
            grant_truncate(cluster)
        with pytest.raises(ProgrammingError, match="never changed"):
            run("TRUNCATE audit_entry")
    assert Entry.objects.exists()


@pytest.mark.check(40)
def test_the_owner_cannot_change_rows_even_while_letting_old_ones_go() -> None:
    record(what="concern.read", by=None)
    with as_owner(), pytest.raises(ProgrammingError, match="never changed"):
        run("SET LOCAL peersupport.audit_retention = 'on'; UPDATE audit_entry SET what = 'nothing'")
    assert Entry.objects.get().what == "concern.read"


def noted_days_ago(days: int, what: str) -> None:
    Entry.objects.create(what=what, at=timezone.now() - timedelta(days=days))


@pytest.mark.check(52)
def test_rows_are_let_go_when_their_time_is_over_and_that_is_noted(settings: Any, capsys: Any) -> None:
    noted_days_ago(settings.AUDIT_DAYS + 1, "old")
    noted_days_ago(settings.AUDIT_DAYS - 1, "young")
    with as_owner():
        call_command("retain", "--audit")
        assert run("SELECT 1") == 1
        with pytest.raises(ProgrammingError, match="never changed"):
            run("DELETE FROM audit_entry")
    assert "1 audit rows deleted" in capsys.readouterr().out
    assert list(Entry.objects.order_by("id").values_list("what", flat=True)) == ["young", "audit.forgotten"]


@pytest.mark.check(40, 52)
def test_the_site_itself_cannot_let_rows_go(settings: Any) -> None:
    noted_days_ago(settings.AUDIT_DAYS + 1, "old")
    with pytest.raises(ProgrammingError):
        forget_old(timezone.now())
    assert Entry.objects.count() == 1


def test_the_command_asks_what_to_let_go() -> None:
    with pytest.raises(CommandError):
        call_command("retain")
