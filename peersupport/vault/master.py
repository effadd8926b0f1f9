"""The master key, which never enters the database, and the keys derived from it."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def derived(purpose: str) -> bytes:
    """32 bytes derived from the master key for one purpose (HKDF-SHA256, RFC 5869)."""
    return _derived(settings.MASTER_KEY, purpose)


def wrapping_key() -> AESGCM:
    """The cipher that wraps data keys."""
    return _cipher(settings.MASTER_KEY)


@lru_cache(maxsize=64)
def _derived(master_key: str, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"peersupport:{purpose}".encode()).derive(
        _decoded(master_key)
    )


@lru_cache(maxsize=4)
def _cipher(master_key: str) -> AESGCM:
    return AESGCM(_derived(master_key, "wrap"))


def _decoded(master_key: str) -> bytes:
    try:
        raw = base64.b64decode(master_key, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("PEERSUPPORT_MASTER_KEY must be 32 bytes in base64.") from error
    if len(raw) != 32:
        raise ImproperlyConfigured("PEERSUPPORT_MASTER_KEY must be 32 bytes in base64.")
    return raw
