from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        from api import privacy  # noqa: PLC0415, F401 - after the data apps' own
