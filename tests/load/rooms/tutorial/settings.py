"""As `django-admin startproject` and the tutorial leave them, but for the database and where Redis is."""

from __future__ import annotations

import os

SECRET_KEY = "of no worth: nobody signs in here"
INSTALLED_APPS = ["channels", "tests.load.rooms.tutorial"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["TUTORIAL_DATABASE_HOST"],
        "NAME": os.environ["TUTORIAL_DATABASE"],
        "USER": "postgres",
        # Django's default; for information the chat is also measured with connections that are kept.
        "CONN_MAX_AGE": None if os.environ.get("TUTORIAL_KEEPS") else 0,
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [os.environ["TUTORIAL_REDIS"]]},
    }
}
