from django.apps import AppConfig


class CocreateConfig(AppConfig):
    """The project itself: no models, only the commands that touch everything."""

    name = "cocreate"
