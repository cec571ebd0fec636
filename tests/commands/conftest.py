import pytest

from tests.commands.terminal import Terminal


@pytest.fixture
def terminal(capsys):
    return Terminal(capsys)
