from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in  # noqa: PLC0415 - allauth's models come first
        from django.contrib.auth.signals import user_logged_in as any_sign_in  # noqa: PLC0415 - as above

        from web.kept import on_signed_in as fetch_kept  # noqa: PLC0415 - as above
        from web.me.sessions import on_any_sign_in  # noqa: PLC0415 - as above
        from web.wishes import on_signed_in  # noqa: PLC0415 - as above

        # Kept words first: a wish, once cast, leaves an address without them.
        user_logged_in.connect(fetch_kept, dispatch_uid="web.kept")
        user_logged_in.connect(on_signed_in, dispatch_uid="web.wishes")
        any_sign_in.connect(on_any_sign_in, dispatch_uid="web.sessions")
