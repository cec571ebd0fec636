from typing import Any

import pytest

from accounts.models import User
from tests.factories import make_challenge
from tests.mail import mail_server
from tests.notifications.scene import Scene, make_scene

__all__ = ["mail_server"]


@pytest.fixture
def scene(brand: Any, bob: User, settings: Any) -> Scene:
    """What happens is told without the wait in which it can be undone."""
    settings.UNDO_SECONDS = 0
    return make_scene(make_challenge(brand, slug="street", mode="up_down"), bob)
