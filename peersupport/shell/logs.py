"""What may stand in the log: where something went wrong and of what kind, never what a person wrote."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Wordless(logging.Formatter):
    """Errors as the lines they passed and their kinds, without their messages: a database repeats in them the
    row it refused. Requests by the name of their page: an address may hold a key that still opens something.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line, and the lines of code of its error."""
        if hasattr(record, "request"):
            record = logging.makeLogRecord(record.__dict__)
            record.msg, record.args = _page(record), None
        # What another formatter kept on the record holds the message.
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the library's name
        """The error and what led to it, the first cause first."""
        parts: list[str] = []
        error: BaseException | None = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            parts.append("".join(traceback.format_tb(error.__traceback__)) + kind)
            error = error.__cause__ or error.__context__
        return "\n".join(reversed(parts))


def _page(record: logging.LogRecord) -> str:
    request: Any = record.__dict__["request"]
    match = getattr(request, "resolver_match", None)
    name = match.view_name if match else "no page"
    return f"{getattr(record, 'status_code', '?')} at {name}, {getattr(request, 'method', '?')}"
