"""Keyed hashes, where two values must be compared and neither may be read."""

from __future__ import annotations

import hmac

from peersupport.vault import master


def keyed_hash(value: str, *, purpose: str) -> bytes:
    """HMAC-SHA256 (32 bytes) under a key per purpose, so that hashes of two purposes never match."""
    return hmac.digest(master.derived(f"hash:{purpose}"), value.encode("utf-8", "surrogatepass"), "sha256")
