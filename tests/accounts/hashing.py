"""A password hash for tests that hash hundreds of times."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class SmallScrypt(ScryptPasswordHasher):
    """The site's hash with a thirty-second of its work."""

    work_factor = 2**9
