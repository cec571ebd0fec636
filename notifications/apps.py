from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import receivers  # noqa: PLC0415, F401 - needs the models
        from notifications.domain import privacy  # noqa: PLC0415, F401 - needs the models
