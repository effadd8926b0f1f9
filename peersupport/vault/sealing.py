"""Seals a text for one place of the database and opens it again only there."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from peersupport.vault.keys import NONCE_BYTES, WrongKey

VERSION = b"\x01"


def place(table: str, column: str, row: object) -> bytes:
    """The associated data of a sealed value: a value moved to another row or column does not open."""
    return f"{table}|{column}|{row}".encode()


def seal(text: str, *, key: AESGCM, at: bytes) -> bytes:
    """AES-GCM under the subject's key: version byte, nonce, ciphertext with tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + key.encrypt(nonce, text.encode("utf-8"), at)


def unseal(data: bytes, *, key: AESGCM, at: bytes) -> str:
    """The text. Raises WrongKey for another key, another place or damaged bytes."""
    if data[:1] != VERSION:
        raise WrongKey
    nonce, sealed = data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :]
    try:
        return key.decrypt(nonce, sealed, at).decode("utf-8")
    except (InvalidTag, ValueError) as error:
        # ValueError: cut off before its nonce ends.
        raise WrongKey from error
