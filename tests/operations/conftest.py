import pytest

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def plain_files(settings):
    """Hashed names need a collected folder, which a running site has."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": PLAIN}
