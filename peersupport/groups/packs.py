"""Programmes as packs: a YAML file that one organisation writes and another reads. No database.

The file is read as if somebody meant harm: no tags, no aliases, nothing nested deeper than a pack is, no
field that is not known, a bounded size. What is wrong is said with its line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

import yaml
from django.utils.translation import gettext as _

FORMAT = 1
MOST_BYTES = 64 * 1024
DEPTH, NODES = 6, 1_000
MOST_TOPICS = 30
KINDS = ("online", "close", "outside")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHAPTER = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: in which line, at which field ("topics[2].title"), in words."""

    line: int
    where: str
    words: str

    def __str__(self) -> str:
        at = _("line %(line)d") % {"line": self.line}
        return f"{at}, {self.where}: {self.words}" if self.where else f"{at}: {self.words}"


class NotAPack(Exception):
    """The file is no pack: what is wrong with it, the first things first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Topic:
    """What one meeting is about; a sentence and the chapter of a guide that fits may be left out."""

    title: str
    about: str = ""
    chapter: str = ""


@dataclass(frozen=True)
class Content:
    """What a programme is, whoever runs it."""

    title: str
    audience: str
    not_for: str = ""
    kinds: tuple[str, ...] = ()
    goes_on_from: int = 4
    minimum: int = 6
    planned: int = 8
    maximum: int = 10
    minutes: int = 90
    every_weeks: int = 1
    follow_up_weeks: int = 12
    topics: tuple[Topic, ...] = field(default=())

    def digest(self) -> str:
        """The same for the same content: SHA-256 in hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Pack:
    """A content under a name and a number that is raised by every change."""

    slug: str
    version: int
    content: Content


def written(pack: Pack) -> str:
    """The pack as a file."""
    content = asdict(pack.content)
    content["kinds"] = list(pack.content.kinds)
    content["topics"] = [
        {name: value for name, value in asdict(topic).items() if value} for topic in pack.content.topics
    ]
    whole = {"format": FORMAT, "slug": pack.slug, "version": pack.version, **content}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=100)


def read(text: str) -> Pack:
    """The pack in a file. Raises NotAPack with everything that is wrong with it."""
    if len(text.encode()) > MOST_BYTES:
        raise NotAPack([Problem(1, "", _("The file is larger than a pack can be (64 KiB)."))])
    return _Reader(_composed(text)).pack()


def _composed(text: str) -> yaml.Node:
    try:
        depth = 0
        # Before anything is built of it: what is nested or repeated without end never gets so far.
        for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            mark = event.start_mark
            line = mark.line + 1 if mark else 1
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent):
                raise NotAPack([Problem(line, "", _("Nothing may be repeated by reference (*…)."))])
            if depth > DEPTH or number > NODES:
                raise NotAPack([Problem(line, "", _("This is more than a pack holds."))])
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise NotAPack(
            [Problem(line, "", _("This is not YAML: %(why)s") % {"why": error.problem})]
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise NotAPack([Problem(1, "", _("This is not YAML."))]) from error
    if not isinstance(node, yaml.MappingNode):
        raise NotAPack([Problem(1, "", _("A pack begins with its fields, such as: format: 1"))])
    return node


class _Reader:
    """Reads the fields of a pack and gathers what is wrong."""

    def __init__(self, node: yaml.Node) -> None:
        self._node = node
        self._problems: list[Problem] = []

    def pack(self) -> Pack:
        """The pack; raises NotAPack."""
        whole = self._fields(
            self._node, "", known={"format", "slug", "version", *Content.__dataclass_fields__}
        )
        self._number(whole, "format", least=FORMAT, most=FORMAT)
        slug = self._text(whole, "slug", most=50, needed=True, like=SLUG)
        version = self._number(whole, "version", least=1, most=1_000_000)
        content = self._content(whole)
        if not self._problems:
            self._problems += _in_order(content, self._node.start_mark.line + 1)
        if self._problems:
            raise NotAPack(sorted(self._problems, key=lambda one: one.line))
        return Pack(slug, version, content)

    def _content(self, whole: dict[str, yaml.Node]) -> Content:
        numbers = {
            name: self._number(whole, name, least=least, most=most, default=getattr(Content, name))
            for name, least, most in BOUNDS
        }
        return Content(
            title=self._text(whole, "title", most=120, needed=True),
            audience=self._text(whole, "audience", most=4000, needed=True),
            not_for=self._text(whole, "not_for", most=4000),
            kinds=tuple(self._kinds(whole)),
            topics=tuple(self._topics(whole)),
            **numbers,
        )

    def _fields(self, node: yaml.Node, where: str, *, known: set[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, where, _("Fields are expected here."))
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            path = f"{where}.{name}" if where else name
            if name not in known:
                self._wrong(key, path, _("This field is not known."))
            elif name in found:
                self._wrong(key, path, _("This field stands here twice."))
            else:
                found[name] = value
        return found

    def _text(
        self,
        fields: dict[str, yaml.Node],
        name: str,
        *,
        most: int,
        needed: bool = False,
        like: re.Pattern[str] | None = None,
        where: str = "",
    ) -> str:
        node, path = fields.get(name), where + name
        if node is None:
            if needed:
                self._wrong(self._node, path, _("This field is missing."))
            return ""
        text = node.value.strip() if isinstance(node, yaml.ScalarNode) else None
        if text is None or node.tag not in {"tag:yaml.org,2002:str", "tag:yaml.org,2002:int"}:
            self._wrong(node, path, _("A text is expected here."))
        elif len(text) > most or (needed and not text) or "\0" in text:
            self._wrong(node, path, _("A text of at most %(most)d characters.") % {"most": most})
        elif text and like and not like.fullmatch(text):
            self._wrong(node, path, _("Small letters, digits and hyphens are expected here."))
        return text or ""

    def _number(
        self, fields: dict[str, yaml.Node], name: str, *, least: int, most: int, default: int | None = None
    ) -> int:
        node = fields.get(name)
        if node is None:
            if default is None:
                self._wrong(self._node, name, _("This field is missing."))
            return default or 0
        given = node.value if isinstance(node, yaml.ScalarNode) else ""
        if re.fullmatch(r"[0-9]{1,7}", given) and least <= int(given) <= most:
            return int(given)
        bounds = {"least": least, "most": most}
        self._wrong(node, name, _("A whole number from %(least)d to %(most)d is expected here.") % bounds)
        return least

    def _kinds(self, fields: dict[str, yaml.Node]) -> Iterator[str]:
        for number, node in self._rows(fields, "kinds", most=len(KINDS)):
            if isinstance(node, yaml.ScalarNode) and node.value in KINDS:
                yield node.value
            else:
                self._wrong(node, f"kinds[{number}]", _("One of: %(all)s") % {"all": ", ".join(KINDS)})

    def _topics(self, fields: dict[str, yaml.Node]) -> Iterator[Topic]:
        if "topics" not in fields:
            self._wrong(self._node, "topics", _("This field is missing."))
        seen: set[str] = set()
        for number, node in self._rows(fields, "topics", most=MOST_TOPICS):
            where = f"topics[{number}]"
            one = self._fields(node, where, known={"title", "about", "chapter"})
            title = self._text(one, "title", most=160, needed=True, where=f"{where}.")
            if title in seen:
                self._wrong(node, where, _("Another meeting has the same title."))
            seen.add(title)
            yield Topic(
                title=title,
                about=self._text(one, "about", most=1000, where=f"{where}."),
                chapter=self._text(one, "chapter", most=160, like=CHAPTER, where=f"{where}."),
            )

    def _rows(self, fields: dict[str, yaml.Node], name: str, *, most: int) -> Iterator[tuple[int, yaml.Node]]:
        node = fields.get(name)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode) or len(node.value) > most:
            self._wrong(node, name, _("A list of at most %(most)d is expected here.") % {"most": most})
            return
        yield from enumerate(node.value, start=1)

    def _wrong(self, node: yaml.Node, where: str, words: str) -> None:
        self._problems.append(Problem(node.start_mark.line + 1, where, words))


BOUNDS = (
    ("goes_on_from", 2, 10),
    ("minimum", 2, 10),
    ("planned", 2, 10),
    ("maximum", 2, 10),
    ("minutes", 30, 240),
    ("every_weeks", 1, 26),
    ("follow_up_weeks", 0, 104),
)
ORDER = ("goes_on_from", "minimum", "planned", "maximum")


def _in_order(content: Content, line: int) -> Iterator[Problem]:
    sizes = [getattr(content, name) for name in ORDER]
    if sizes != sorted(sizes):
        yield Problem(
            line,
            ", ".join(ORDER),
            _("Each of these four numbers must be at least as high as the one before it."),
        )
    if not content.topics:
        yield Problem(line, "topics", _("A programme has at least one meeting."))
    if len(set(content.kinds)) != len(content.kinds):
        yield Problem(line, "kinds", _("The same stands here twice."))
