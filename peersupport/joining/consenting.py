"""Layers of consent: given, taken back, and asked for again where a text changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from peersupport.audit.recording import record
from peersupport.joining import consent
from peersupport.joining.models import Application, Consent


def text_for(application: Application, layer: str) -> consent.Text:
    """The layer as it stands today, in the reader's language and for her country."""
    return consent.text(layer, country=application.country, language=get_language() or consent.ENGLISH)


@transaction.atomic
def give(*, application: Application, layer: str, now: datetime) -> None:
    """She agrees to the text of today. Twice is once; an agreement to an older text ends with it."""
    # Row lock: two of her devices may agree at the same time.
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    text = text_for(application, layer)
    standing = application.consents.filter(layer=layer, taken_back_at=None)
    if standing.filter(text_hash__in=consent.hashes(layer, country=application.country)).exists():
        return
    standing.update(taken_back_at=now)
    Consent.objects.create(
        application=application,
        layer=layer,
        text_hash=text.hash,
        version=text.version,
        language=text.language,
        given_at=now,
    )
    record(what="consent.given", by=None, about=application, layer=layer, text=text.hash)


@transaction.atomic
def take_back(*, application: Application, layer: str, now: datetime) -> None:
    """She takes an optional layer back. ValueError for the needed one: that ends with the application."""
    if layer not in consent.OPTIONAL:
        raise ValueError(f"{layer} is not taken back alone.")
    standing = application.consents.filter(layer=layer, taken_back_at=None)
    if standing.update(taken_back_at=now):
        record(what="consent.taken_back", by=None, about=application, layer=layer)


def keep(*, application: Application, agreed: Mapping[str, bool], now: datetime) -> None:
    """What one page was answered with: layers ticked and not ticked."""
    for layer, ticked in agreed.items():
        if ticked:
            give(application=application, layer=layer, now=now)
        else:
            take_back(application=application, layer=layer, now=now)


def standing(application: Application) -> dict[str, Consent]:
    """What she agreed to and did not take back, by layer; also to a text that has changed since."""
    return {one.layer: one for one in application.consents.all() if one.taken_back_at is None}


def given(application: Application) -> set[str]:
    """The layers that hold today: agreed to in the very words that stand now."""
    return {layer for layer, one in standing(application).items() if _is_current(application, one)}


def changed(application: Application) -> list[consent.Text]:
    """The texts she agreed to and that read otherwise now: to be asked for again at her next visit."""
    old = [one for one in standing(application).values() if not _is_current(application, one)]
    return [text_for(application, one.layer) for one in old]


def _is_current(application: Application, one: Consent) -> bool:
    return one.text_hash in consent.hashes(one.layer, country=application.country)
