"""PDFs that were made in this run, whichever of its workers made them."""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from guides.typesetting import Document, Order

Typeset = Callable[[Sequence[Order]], list[list[Document]]]


class Drawer:
    """Takes the place of a typesetter, and asks it only for what is not there yet."""

    def __init__(self, place: Path) -> None:
        self._place = place
        place.mkdir(exist_ok=True)

    def documents(self, typeset: Typeset, orders: Sequence[Order]) -> list[list[Document]]:
        """The documents from the drawer; made and put there where they are missing."""
        kept = {order.fingerprint: self._place / order.fingerprint for order in orders}
        with ExitStack() as holding:
            # Who comes while another makes them waits: two would take twice as long for the same. All take
            # the locks in one order, so that nobody waits for who waits for her.
            for path in sorted(kept.values()):
                holding.enter_context(_alone(path.with_suffix(".lock")))
            missing = [order for order in orders if not kept[order.fingerprint].exists()]
            for order, made in zip(missing, typeset(missing), strict=True):
                kept[order.fingerprint].write_bytes(pickle.dumps(made))
        return [pickle.loads(kept[order.fingerprint].read_bytes()) for order in orders]


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
