"""What each page of the coordinator's desk costs with few applications and with many: statements and time."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from peersupport.database.cluster import Cluster
from peersupport.database.embedded import CHECKOUT
from tests import throwaway
from tests.load.figures import Asked, Figure

if TYPE_CHECKING:
    from tests.load.desk_pages import Visit

FEW, MANY, LOOKS = 10, 1_000, 5


def run(asked: Asked) -> Iterator[Figure]:
    """Each page's statements beside the same with few applications; its median time beside that, too."""
    with _desk() as look:
        few = look(FEW, 1 if asked.quick else LOOKS)
        many = look(MANY - FEW, 1 if asked.quick else LOOKS)
    for name, page in many.items():
        before = few[name]
        yield Figure(
            f"{name}, statements with {MANY:,} applications",
            max(one.statements for one in page),
            "",
            baseline=max(one.statements for one in before),
            must=1,
            judged="ratio",
        )
        yield Figure(f"{name}, time", _median(page), "ms", baseline=_median(before))
    grown = [name for name, page in many.items() if page[-1].statements != few[name][-1].statements]
    yield Figure(f"pages whose statements grow from {FEW} to {MANY:,} applications", len(grown), "", must=0)


def _median(page: list[Visit]) -> float:
    return 1000 * statistics.median(one.seconds for one in page)


class _Desk:
    """The coordinator at a desk that grows."""

    def __init__(self) -> None:
        from django.utils import timezone

        from tests.cast import Cast
        from tests.load import desk_pages
        from tests.registries.visitors import town

        self._cast = Cast(timezone.now())
        streets = town(self._cast)
        self._browser = streets.browsers["coordinator"]
        self._pages = desk_pages.addresses(streets)

    def __call__(self, further: int, looks: int) -> Mapping[str, list[Visit]]:
        """So many further applications; then every page, looked at so often, once more before that."""
        from django.db import connection

        from tests.load import desk_pages

        desk_pages.more_applications(self._cast, further)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        found: dict[str, list[Visit]] = {}
        for name, path in self._pages.items():
            desk_pages.visit(self._browser, path)
            found[name] = [desk_pages.visit(self._browser, path) for _look in range(looks)]
        return found


@contextmanager
def _desk() -> Iterator[_Desk]:
    import django

    cluster = Cluster(Path(os.environ["PEERSUPPORT_DATA_DIR"]), throwaway=True, roles=(throwaway.TEST_ROLE,))
    with cluster.held():
        for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0")):
            subprocess.run([sys.executable, CHECKOUT / "manage.py", *command], check=True)
        django.setup()
        from django.db import connection
        from django.test.utils import setup_test_environment

        setup_test_environment()
        yield _Desk()
        connection.close()
