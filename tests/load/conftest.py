import pytest

from tests.commands.terminal import Terminal


@pytest.fixture
def terminal(capsys):
    return Terminal(capsys)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR
