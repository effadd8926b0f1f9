"""What an applicant told us: one value, written as JSON into the sealed column."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Answers:
    """Choices are the codes of `choices`; free text is as she wrote it.

    `done` names the questions she has answered, `times` are "mon-evening" and the like.
    """

    done: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    happened: str = ""
    in_words: str = ""
    reach: str = ""
    called: str = ""
    # The words with which a mail or a call may begin; how a call is safe, and what must never be done.
    opener: str = "hello"
    phone: str = ""
    from_hour: str = ""
    until_hour: str = ""
    never: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Answers:
        """The answers in a text that `written` made; unknown names of later versions are left out."""
        stored: dict[str, Any] = json.loads(text) if text else {}
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
            if name in known
        }
        return cls(**values)

    def written(self) -> str:
        """The answers as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
