from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and brands")

    def ready(self) -> None:
        from accounts import receivers  # noqa: PLC0415, F401 - needs the models
        from accounts.domain import privacy  # noqa: PLC0415, F401 - needs the models
