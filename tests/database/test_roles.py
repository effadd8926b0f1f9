"""The site's role can use the tables and nothing more."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, utils

from peersupport.audit.recording import record
from peersupport.database.address import OWNER_ROLE
from peersupport.database.cluster import Cluster
from peersupport.database.roles import grant_web
from tests.throwaway import TEST_ROLE, grant_truncate

pytestmark = pytest.mark.django_db


def test_the_site_signs_in_as_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == (TEST_ROLE, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE accounts_user ADD COLUMN more int",
        "DROP TABLE accounts_user",
        "CREATE SCHEMA mine",
        "UPDATE django_migrations SET app = ''",
        "CREATE TEMPORARY TABLE mine (id int)",
    ],
)
def test_the_site_cannot_change_the_schema(statement: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(utils.ProgrammingError, match=r"permission|must be owner"),
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET what = ''", "DELETE FROM audit_entry"])
def test_the_site_cannot_touch_the_audits_past(statement: str) -> None:
    record(what="something.happened", by=None, about="a test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE what = 'something.happened'")
        assert cursor.fetchone() == (1,), "there was nothing to touch"
        with pytest.raises(utils.ProgrammingError, match="permission denied"):
            cursor.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET what = ''", "DELETE FROM audit_entry"])
def test_nor_can_the_owner_by_mistake(cluster: Cluster, statement: str) -> None:
    with cluster.connect(user=OWNER_ROLE) as owner, owner.transaction(force_rollback=True):
        owner.execute(
            "INSERT INTO audit_entry (at, what, about, facts) VALUES (now(), 'something.happened', '', '{}')"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
            owner.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_granting_after_a_migration_gives_the_sites_rights_and_no_others(cluster: Cluster) -> None:
    with cluster.connect(user=OWNER_ROLE) as owner:
        owner.execute("CREATE TABLE for_a_moment (id int)")
        try:
            owner.execute(f"GRANT REFERENCES ON for_a_moment TO {TEST_ROLE}")
            assert _rights(owner, "for_a_moment") == {"REFERENCES"}
            _grant_as_owner()
            assert _rights(owner, "for_a_moment") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
        finally:
            owner.execute("DROP TABLE for_a_moment")
            grant_truncate(cluster)


def test_the_sites_rights_are_given_at_the_end_of_every_migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('one', 'more')")
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone() > (0,)


def test_a_role_that_the_cluster_does_not_know_is_not_let_in(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        cluster.connect(user="stranger").close()


def _grant_as_owner() -> None:
    as_owner = connection.copy()
    as_owner.settings_dict["USER"] = OWNER_ROLE
    try:
        grant_web(as_owner, TEST_ROLE)
    finally:
        as_owner.close()


def _rights(owner: psycopg.Connection, table: str) -> set[str]:
    given = owner.execute(
        "SELECT privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = %s AND table_name = %s",
        [TEST_ROLE, table],
    )
    return {row[0] for row in given}
