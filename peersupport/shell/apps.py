from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ShellConfig(AppConfig):
    name = "peersupport.shell"


class OwnStaticFilesConfig(StaticFilesConfig):
    """Leaves out the files of the browsable API, which is not used: they take seconds to compress."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "drf_spectacular"]
