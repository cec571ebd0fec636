from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import receivers  # noqa: PLC0415, F401 - needs the models
        from accounts.domain import privacy  # noqa: PLC0415, F401 - needs the models
