"""Columns of a batch as PostgreSQL reads arrays (its documentation, "Array Input and Output Syntax").

The driver would look at every element to find its type: a tenth of what the server spends on a message. Here
the types are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


def uuids(values: Iterable[UUID | None]) -> str:
    """For a parameter that is cast to uuid[]."""
    return "{" + ",".join("NULL" if value is None else value.hex for value in values) + "}"


def flags(values: Iterable[bool]) -> str:
    """For a parameter that is cast to boolean[]."""
    return "{" + ",".join("t" if value else "f" for value in values) + "}"


def numbers(values: Iterable[int]) -> str:
    """For a parameter that is cast to bigint[]."""
    return "{" + ",".join(map(str, values)) + "}"


def octets(values: Iterable[bytes | None]) -> str:
    """For a parameter that is cast to bytea[]."""
    return "{" + ",".join("NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values) + "}"
