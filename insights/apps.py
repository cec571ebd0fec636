from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"

    def ready(self) -> None:
        from insights.domain import privacy  # noqa: PLC0415, F401 - needs the models
