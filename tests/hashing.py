"""The site's password hash at a small part of its cost: tests sign in hundreds of times."""

from __future__ import annotations

from django.contrib.auth.hashers import ScryptPasswordHasher


class SmallScrypt(ScryptPasswordHasher):
    """scrypt with a thirty-second of the work; the same name, so that nothing else differs."""

    work_factor = 2**9
