"""The site's own settings, after the environment has been pointed at the tests' throwaway database."""

from tests import throwaway

throwaway.prepare_environment()

from peersupport.settings import *  # noqa: E402, F403 - the environment has to be there first

# Hashed names as in production, without the seconds that compressing them takes.
STORAGES = {
    "staticfiles": {"BACKEND": "peersupport.shell.sheets.JoinedSheets"},
}

PASSWORD_HASHERS = ["tests.hashing.SmallScrypt"]
