"""PDFs that were made in this run, whichever of its workers made them."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from guides.typesetting import Document


class Drawer:
    """Takes the place of a typesetter, and asks it only for what is not there yet."""

    def __init__(self, place: Path) -> None:
        self._place = place
        place.mkdir(exist_ok=True)

    def document(self, typeset: Callable[..., Document], html: str, *, dated: datetime) -> Document:
        """The document from the drawer; made and put there where it is missing."""
        name = hashlib.sha256(f"{dated.isoformat()} {html}".encode()).hexdigest()
        kept = self._place / name
        # Who comes while another makes it waits: two would take twice as long for the same.
        with _alone(kept.with_suffix(".lock")):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(typeset(html, dated=dated)))
        document: Document = pickle.loads(kept.read_bytes())
        return document


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as holding:
        fcntl.flock(holding, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def drawer(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Drawer:
    """The drawer of this run. Workers side by side have directories of their own below a common one."""
    own = tmp_path_factory.getbasetemp()
    return Drawer((own if worker_id == "master" else own.parent) / "pdfs")
