from django.apps import AppConfig
from django.core.checks import register


class GuidesConfig(AppConfig):
    name = "guides"

    def ready(self) -> None:
        from guides.checks import helplines_can_be_read

        register(helplines_can_be_read)
