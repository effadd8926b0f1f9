#!/usr/bin/env python
"""Django's command line for peersupport."""

import os
import sys

OWNER_COMMANDS = {"migrate", "sqlmigrate", "retain", "backup", "restore"}
# These never ask the database; they start without one.
WITHOUT_DATABASE = {"help", "version", "--help", "--version", "collectstatic", "check", "guides check"}


def main() -> None:
    """Run one management command, with the embedded database running where that is the one in use."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    # Those that change the schema or the past, or copy all of it, connect as its owner.
    if command in OWNER_COMMANDS:
        os.environ.setdefault("PEERSUPPORT_DATABASE_ROLE", "owner")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")
    from django.core.management import execute_from_command_line

    asked = {command, " ".join(sys.argv[1:3])}
    if asked & WITHOUT_DATABASE and "--database" not in sys.argv:
        execute_from_command_line(sys.argv)
        return
    from peersupport.database.binaries import CannotStart
    from peersupport.database.embedded import database_held
    from peersupport.registries.environment import read

    try:
        with database_held(database_url=read("DATABASE_URL"), data_dir=read("PEERSUPPORT_DATA_DIR")):
            execute_from_command_line(sys.argv)
    except CannotStart as reason:
        sys.exit(f"The database cannot start. {reason}")


if __name__ == "__main__":
    main()
