"""Pages of an account need what all pages need."""

from tests.web.conftest import plain_and_quick

__all__ = ["plain_and_quick"]
