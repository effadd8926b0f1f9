"""A guide as a document to print: the HTML that the typesetter turns into a PDF."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from guides import helplines
from guides.chapters import chapters, numbered, paper_body, references
from guides.markdown import smarten
from guides.models import Edition
from guides.reading import Guide, Library


def compose(library: Library, guide: Guide, edition: Edition, *, today: date) -> str:
    """The whole document. Nothing in it comes from anywhere but the guide, its edition and the helplines."""
    with translation.override(guide.language):
        numbers = numbered(guide.sections)
        context = {
            "guide": guide,
            "audience": smarten(guide.audience, guide.language),
            "summary": smarten(guide.summary, guide.language),
            "publisher_note": smarten(guide.publisher_note, guide.language),
            "edition": edition,
            "site_name": settings.SITE_NAME,
            "review_by": min(section.review_by for section in guide.sections),
            "chapters": [
                (chapter, paper_body(library, guide, section, numbers))
                for chapter, section in zip(chapters(guide, today=today), guide.sections, strict=True)
            ],
            "steps": [
                (
                    step.label,
                    [chapter for chapter in chapters(guide, today=today) if chapter.slug in step.sections],
                )
                for step in guide.path
            ],
            "references": references(guide, numbers),
            "strip": helplines.strip_for(settings.COUNTRY, today),
            "country": helplines.for_country(settings.COUNTRY, today),
            "everywhere": helplines.for_country("international", today),
        }
        return render_to_string("guides/paper.html", context)
