"""Makes of each catalogue the file that gettext reads: `python -m peersupport.registries.compiling`.

In Python, because the usual compiler is a system package. Needs no settings and no database. A catalogue that
has not changed since is passed over; fuzzy entries are left out, as everywhere.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_all(locale: Path) -> Iterator[Path]:
    """Compile every catalogue that is newer than its .mo file, and give the files that were made."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        made = source.with_suffix(".mo")
        if not made.is_file() or source.stat().st_mtime_ns > made.stat().st_mtime_ns:
            _compile(source, made)
            yield made


def _compile(source: Path, made: Path) -> None:
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=source.parent.parent.name)
    # A process that starts meanwhile must not read half of it.
    unfinished = made.with_name(f".{made.name}.{os.getpid()}")
    with unfinished.open("wb") as stream:
        write_mo(stream, catalogue)
    unfinished.replace(made)


if __name__ == "__main__":
    for file in compile_all(LOCALE):
        sys.stderr.write(f"setup: made {file.parent.parent.name}/{file.name}\n")
