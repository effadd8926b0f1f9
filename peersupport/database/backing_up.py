"""Writes the database out: the data in one file, the vault's keys in another that is kept elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from peersupport.database.programs import NOBODYS, CannotCopy, program_for, run

DATA_FILE = "data.dump"
KEYS_SCHEMA = "vault"


def back_up(using: BaseDatabaseWrapper, *, directory: Path, keys: Path | None) -> None:
    """Write `directory`/data.dump without a key in it and, where `keys` is given, the keys alone there.

    Both are dumps in pg_dump's custom format, mode 0600, there when they are whole or not at all. Call it
    with the owner's connection. Raises CannotCopy for a file that exists, keys beside the data, a database
    that does not answer and a failing pg_dump; OSError for a place that cannot be written to.
    """
    data = directory / DATA_FILE
    _refuse_what_is_there(data, keys)
    program = program_for(using, "pg_dump")
    custom = ("--format=custom", *NOBODYS)
    with ExitStack() as drafts:
        # The data first: a key that is made meanwhile is in the keys, one that is destroyed is not.
        draft = drafts.enter_context(_drafted(data))
        run(using, program, *custom, f"--exclude-schema={KEYS_SCHEMA}", f"--file={draft}")
        if keys:
            draft = drafts.enter_context(_drafted(keys))
            run(using, program, *custom, f"--schema={KEYS_SCHEMA}", f"--file={draft}")


def _refuse_what_is_there(data: Path, keys: Path | None) -> None:
    for file in filter(None, (data, keys)):
        if os.path.lexists(file):
            raise CannotCopy(f"{file} exists; nothing is overwritten. Name another place.")
    if keys and keys.resolve().is_relative_to(data.parent.resolve()):
        raise CannotCopy(
            f"{keys} would lie with the data. Whoever takes the one must not find the other: "
            "name a place that is kept apart."
        )


@contextmanager
def _drafted(path: Path) -> Iterator[Path]:
    """A file under another name, given its own when it is whole and on the disk, deleted otherwise."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield draft
        os.fsync(descriptor)
        draft.rename(path)
    finally:
        os.close(descriptor)
        draft.unlink(missing_ok=True)
