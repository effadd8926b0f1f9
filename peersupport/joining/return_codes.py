"""Return codes: how an applicant finds her application again without an e-mail address.

Sixteen characters of Crockford's base 32 (https://www.crockford.com/base32.html): 80 bits, no letter that
is taken for a digit. Only a keyed hash is compared.
"""

from __future__ import annotations

import secrets

from peersupport.vault.hashing import keyed_hash

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
IN_GROUPS_OF = 4
# What a hand-written code may be read as.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A fresh code in groups of four: "7K3M-…"."""
    return grouped("".join(secrets.choice(ALPHABET) for _position in range(LENGTH)))


def grouped(characters: str) -> str:
    """The code as it is shown and printed."""
    parts = (characters[at : at + IN_GROUPS_OF] for at in range(0, len(characters), IN_GROUPS_OF))
    return "-".join(parts)


def read(entered: str) -> str | None:
    """A code as somebody typed it, in its one spelling; None if it cannot be one."""
    characters = "".join(one for one in entered.upper() if one.isalnum()).translate(_MISREAD)
    if len(characters) != LENGTH or any(one not in ALPHABET for one in characters):
        return None
    return grouped(characters)


def code_hash(code: str) -> bytes:
    """What is stored and compared in place of the code."""
    return keyed_hash(code, purpose="return-code")
