"""Keyed hashes, where two values must be compared and neither may be read."""

from __future__ import annotations

import hmac

from peersupport.vault import master


def keyed_hash(value: str, *, purpose: str) -> bytes:
    """HMAC-SHA256 (32 bytes) under a key per purpose, so that hashes of two purposes never match."""
    return hashed(value, key=key_for(purpose))


def key_for(purpose: str) -> bytes:
    """The key of one purpose, for whoever hashes many values in a row."""
    return master.derived(f"hash:{purpose}")


def hashed(value: str, *, key: bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) of a text."""
    return hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256")
