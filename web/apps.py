from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in  # noqa: PLC0415 - allauth's models come first

        from web.wishes import on_signed_in  # noqa: PLC0415 - as above

        user_logged_in.connect(on_signed_in, dispatch_uid="web.wishes")
