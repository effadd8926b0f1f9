"""What has been published: editions, which never change, the bytes that are served of them, what search
looks through, and how many readers said that a section helped."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q


class Edition(models.Model):
    """One published version of a guide in one language. Rows are written once (a trigger refuses the rest).

    ``source`` keeps every file the edition was made from, so that it can be compared and built again."""

    guide = models.SlugField(max_length=80)
    language = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    checksum = models.CharField(max_length=64)
    source = models.JSONField()
    changes = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guide", "language", "number"], name="edition_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_number_from_one"),
        ]
        ordering = ["language", "guide", "number"]


class RenditionSet(models.QuerySet["Rendition"]):
    """Questions about what is served."""

    def current(self) -> RenditionSet:
        """Renditions of each guide's newest edition, and pages that belong to no guide."""
        newest = Edition.objects.filter(
            guide=models.OuterRef("edition__guide"), language=models.OuterRef("edition__language")
        ).order_by("-number")
        return self.annotate(newest=models.Subquery(newest.values("pk")[:1])).filter(
            Q(edition=None) | Q(edition=F("newest"))
        )


class Rendition(models.Model):
    """The bytes answered at one path, from one day on.

    ``edition`` is null for the list of guides. ``built_from`` is a checksum of everything the bytes depend
    on. Where a page changes with the calendar (a review falls due), a second row waits for its
    ``shown_from``. Rows are replaced, never changed: a higher id tells servers of something new."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="renditions")
    path = models.CharField(max_length=300)
    shown_from = models.DateField()
    content_type = models.CharField(max_length=60)
    body = models.BinaryField()
    gzip = models.BinaryField(default=b"")
    brotli = models.BinaryField(default=b"")
    etag = models.CharField(max_length=64)
    built_from = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(null=True)

    objects = RenditionSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "path", "shown_from"], name="rendition_once", nulls_distinct=False
            ),
        ]
        ordering = ["path", "shown_from"]


class Passage(models.Model):
    """What search looks through: one section of the edition that is served.

    ``vector`` is made at publishing with the language's own dictionary, headings before text. There are some
    dozens a language: no index would be quicker than reading them."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="passages")
    language = models.CharField(max_length=12)
    path = models.CharField(max_length=300)
    guide = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    text = models.TextField()
    built_from = models.CharField(max_length=64)
    vector = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "path"], name="passage_once")]
        ordering = ["language", "path"]


class Vocabulary(models.Model):
    """Every word of a language's passages and its stem: for words typed wrong, or without their accents.

    Replaced and never changed, so that the id tells each process whether it knows the words already."""

    language = models.CharField(max_length=12)
    words = models.JSONField()
    built_from = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language"], name="vocabulary_once")]


class Tally(models.Model):
    """How many readers of a section, in one edition, gave one answer. No day: only a number that grows."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="tallies")
    section = models.SlugField(max_length=80)
    answer = models.SlugField(max_length=20)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "section", "answer"], name="tally_once"),
        ]
