"""What has been published: editions, which never change, and the bytes that are served of them."""

from __future__ import annotations

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
