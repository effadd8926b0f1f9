"""What the manual says of a topic: a sentence, and the chapter of a guide that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from guides.shelf import published_chapter
from peersupport.groups.models import Programme


@dataclass(frozen=True)
class TopicNote:
    """Either may be empty. `chapter` is the address of a published page, in English where the reader's
    language has none."""

    about: str = ""
    chapter: str = ""


def note_on(topic: str, *, programme: Programme, language: str) -> TopicNote:
    """What `programme.topic_notes` has on a topic: {topic: {"about": sentence, "chapter": "guide/chapter"}}.

    By its words and not its number: a group may meet in another order than its programme says.
    """
    found = programme.topic_notes.get(topic, {})
    chapter = found.get("chapter", "")
    return TopicNote(about=found.get("about", ""), chapter=published_chapter(chapter, language=language))
