from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "peersupport.demo"

    def ready(self) -> None:
        from peersupport.demo import checks

        # Imported to register itself.
        assert checks
