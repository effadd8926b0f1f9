"""Programmes are taken from packs, adapted here, and given on. Groups that follow one keep it as it was."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import Programme, SupportGroup, neutral_slug
from peersupport.groups.packs import Content, Pack, Topic

PLAIN = (
    "title",
    "audience",
    "not_for",
    "goes_on_from",
    "minimum",
    "planned",
    "maximum",
    "minutes",
    "every_weeks",
    "follow_up_weeks",
)


class Older(Exception):
    """A newer version of this pack was taken already."""


class NumberUsed(Exception):
    """This version was taken already, and said something else: its number should have been raised."""


@dataclass(frozen=True)
class Difference:
    """A field that a pack would change: its name, as it stands, as it would be ("" where there is none)."""

    name: str
    now: str
    then: str


def programmes() -> QuerySet[Programme]:
    """Those that new groups can follow, by their titles."""
    return Programme.objects.filter(kept_of=None).order_by("title", "pk")


def programme_for_desk(slug: str) -> Programme:
    """One of them. Http404 for any other, also for what groups of old go on by."""
    found = programmes().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def content_of(programme: Programme) -> Content:
    """What a programme is, as a pack says it."""
    topics = [Topic(title=title, **_note(programme, title)) for title in programme.topics]
    plain = {name: getattr(programme, name) for name in PLAIN}
    return Content(kinds=tuple(programme.kinds), topics=tuple(topics), **plain)


def pack_of(programme: Programme) -> Pack:
    """The programme to give on. What was adapted here since goes under the next number."""
    return Pack(programme.slug, programme.pack_version + is_adapted(programme), content_of(programme))


def is_adapted(programme: Programme) -> bool:
    """Whether it says something else than the pack it came from, or came from none."""
    return content_of(programme).digest() != programme.pack_digest


def differences(pack: Pack) -> list[Difference] | None:
    """What taking it would change; [] where nothing, None where there is no such programme yet.

    Raises Older, and NumberUsed.
    """
    programme = Programme.objects.filter(slug=pack.slug, kept_of=None).first()
    if programme is None:
        return None
    if pack.version < programme.pack_version:
        raise Older
    if pack.version == programme.pack_version:
        if pack.content.digest() != programme.pack_digest:
            raise NumberUsed
        # Taken before, and perhaps adapted since: that stays.
        return []
    return _between(content_of(programme), pack.content)


def fingerprint(pack: Pack) -> str:
    """What tells this change of what stands here now from another: nobody takes what she has not seen."""
    programme = Programme.objects.filter(slug=pack.slug, kept_of=None).first()
    before = content_of(programme).digest() if programme else ""
    return f"{before[:16]}-{pack.content.digest()[:16]}-{pack.version}"


@transaction.atomic
def take(*, pack: Pack, by: User | None) -> Programme:
    """The programme as the pack has it. Taking one twice changes nothing. Raises as `differences`."""
    # Two who take the same new one at once: the second waits here, and finds it taken.
    made = Programme.objects.bulk_create([Programme(slug=pack.slug)], ignore_conflicts=True)
    programme = Programme.objects.select_for_update().get(slug=pack.slug)
    is_new = programme.pk == made[0].pk
    if not is_new:
        changes = differences(pack)
        if changes == [] and programme.pack_version == pack.version:
            return programme
        _keep_for_groups(programme)
    _set(programme, pack.content)
    programme.pack_version, programme.pack_digest = pack.version, pack.content.digest()
    programme.save()
    record(what="programme.taken", by=by, about=programme, version=pack.version, new=is_new)
    return programme


@transaction.atomic
def adapt(*, programme: Programme, content: Content, by: User) -> bool:
    """Changes a programme here. False, and nothing happens, where it stands so already."""
    fresh = Programme.objects.select_for_update().get(pk=programme.pk)
    changed = _between(content_of(fresh), content)
    if not changed:
        return False
    _keep_for_groups(fresh)
    _set(fresh, content)
    fresh.save()
    record(what="programme.adapted", by=by, about=fresh, fields=" ".join(one.name for one in changed))
    return True


def _keep_for_groups(programme: Programme) -> None:
    """Groups that follow it go on by a copy: sizes, length and notes stay theirs to the end."""
    followed = SupportGroup.objects.filter(programme=programme)
    if not followed.exists():
        return
    kept = Programme.objects.get(pk=programme.pk)
    kept.pk, kept.slug, kept.kept_of_id = Programme().pk, neutral_slug(), programme.pk
    kept._state.adding = True
    kept.save()
    followed.update(programme=kept)


def _set(programme: Programme, content: Content) -> None:
    for name in PLAIN:
        setattr(programme, name, getattr(content, name))
    programme.kinds = list(content.kinds)
    programme.topics = [topic.title for topic in content.topics]
    programme.topic_notes = {
        topic.title: {"about": topic.about, "chapter": topic.chapter}
        for topic in content.topics
        if topic.about or topic.chapter
    }


def _note(programme: Programme, title: str) -> dict[str, str]:
    found = programme.topic_notes.get(title, {})
    return {"about": found.get("about", ""), "chapter": found.get("chapter", "")}


def _between(before: Content, after: Content) -> list[Difference]:
    one, other = _lines(before), _lines(after)
    names = [*one, *(name for name in other if name not in one)]
    return [
        Difference(name, one.get(name, ""), other.get(name, ""))
        for name in names
        if one.get(name, "") != other.get(name, "")
    ]


def _lines(content: Content) -> dict[str, str]:
    plain = {name: str(value) for name, value in asdict(content).items() if name in PLAIN}
    topics = {
        f"topics[{number}]": "\n".join(part for part in (topic.title, topic.about, topic.chapter) if part)
        for number, topic in enumerate(content.topics, start=1)
    }
    return {**plain, "kinds": ", ".join(content.kinds), **topics}
