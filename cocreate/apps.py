from importlib import import_module

from django.apps import AppConfig


class CocreateConfig(AppConfig):
    """The project itself: no models, only the commands that touch everything."""

    name = "cocreate"

    def ready(self) -> None:
        for topic in ("checks", "checks_database", "checks_files", "checks_store"):
            import_module(f"cocreate.{topic}")
