import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from tests.commands.terminal import Terminal

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def plain_files(settings):
    """Hashed names need a collected folder, which a running site has."""
    settings.STORAGES = django_settings.STORAGES | {"staticfiles": PLAIN}
    cache.clear()


@pytest.fixture
def terminal(capsys):
    return Terminal(capsys)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR
