from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "ideas"

    def ready(self) -> None:
        from ideas import receivers  # noqa: PLC0415, F401 - needs the models
        from ideas.domain import privacy  # noqa: PLC0415, F401 - needs the models
