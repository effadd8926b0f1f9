"""What the running site may do in the database. The owner makes the tables; the site only uses them."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

SCHEMAS = ("public", "vault")
# Written once, never changed: the audit's past is out of the site's reach even where its code is broken.
# So is what was published: an edition stays as it was read.
APPEND_ONLY = {("public", "audit_entry"), ("public", "guides_edition")}
# The site reads which migrations ran and has no business writing it.
READ_ONLY = {("public", "django_migrations")}


def grant_web(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give `role` its rights on every table and sequence there is now. Call it as the owner.

    Idempotent: rights that a table should not give are taken away first.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema = ANY(%s) AND table_type = 'BASE TABLE'",
            [list(SCHEMAS)],
        )
        tables: list[tuple[str, str]] = cursor.fetchall()
        statements = []
        for schema in sorted({schema for schema, _ in tables}):
            statements.append(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {quote(role)}")
            statements.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {quote(schema)} TO {quote(role)}")
        for schema, table in tables:
            name = f"{quote(schema)}.{quote(table)}"
            statements.append(f"REVOKE ALL ON {name} FROM {quote(role)}")
            statements.append(f"GRANT {_rights((schema, table))} ON {name} TO {quote(role)}")
        cursor.execute(";\n".join(statements))


def _rights(table: tuple[str, str]) -> str:
    if table in READ_ONLY:
        return "SELECT"
    if table in APPEND_ONLY:
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"
