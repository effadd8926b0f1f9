"""Keys that an installation made for itself, kept in files that only their owner can read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path


def read_or_make(path: Path, *, size: int) -> str:
    """The secret in the file as base64; where there is none, `size` new random bytes are written first.

    Created with O_EXCL and mode 0600: two processes that start together end with one key.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        fresh = base64.b64encode(secrets.token_bytes(size)).decode("ascii")
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(fresh + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii").strip()
