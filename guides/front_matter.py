"""Front matter: YAML mappings whose keys remember their line, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

# libyaml's reader where PyYAML was built with it: a library of guides is read about six times as fast.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

type_names = {
    str: "text",
    bool: "true or false",
    dict: "a mapping",
    int: "a whole number",
    date: "a date (YYYY-MM-DD)",
    list: "a list",
}


@dataclass(frozen=True)
class Problem:
    """Something wrong in the tree: file relative to its root, line counted from 1, what and why."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class ContentError(Exception):
    """The tree cannot be read; ``problems`` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Header:
    """A YAML mapping and the line each of its keys stands on."""

    file: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]


def read_yaml(text: str, file: str, offset: int, problems: list[Problem]) -> Header | None:
    """A YAML mapping; ``offset`` lines of the file stand before it."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            problems.append(Problem(file, offset + 1, "expected a YAML mapping (name: value)"))
            return None
        lines = {key.value: key.start_mark.line + 1 + offset for key, _ in node.value}
        return Header(file=file, values=loader.construct_document(node), lines=lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(file, line + offset, f"not valid YAML: {error.problem}"))
        return None
    finally:
        loader.dispose()


def wrong_fields(
    header: Header, fields: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> Iterator[Problem]:
    """Fields that are missing (where not `optional`), of another type, empty or unknown."""
    optional = optional or {}
    for name, kind in {**fields, **optional}.items():
        if name in optional and name not in header.values:
            continue
        if name not in header.values:
            yield Problem(header.file, 1, f"{name} is missing")
        elif type(header.values[name]) is not kind or (kind is str and not header.values[name].strip()):
            yield Problem(header.file, header.lines[name], f"{name} must be {type_names[kind]}")
    for name in header.values.keys() - fields.keys() - optional.keys():
        yield Problem(header.file, header.lines.get(str(name), 1), f"{name} is not a known field")
