"""Who asks: a visitor, a member, or a brand's key."""

from dataclasses import dataclass
from functools import cached_property

from accounts.enums import Scope
from accounts.models import ApiKey, User
from cocreate.lib.errors import NotAllowed, SignInRequired


@dataclass(frozen=True)
class Caller:
    """At most one of `user` and `key` is set; neither is a visitor."""

    user: User | None = None
    key: ApiKey | None = None

    @property
    def is_visitor(self) -> bool:
        return self.user is None and self.key is None

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @cached_property
    def is_widget(self) -> bool:
        return self.key is not None and self.key.is_widget

    def must_be_known(self) -> None:
        """Whoever acts is somebody. Raises SignInRequired."""
        if self.is_visitor:
            raise SignInRequired

    def must_have(self, scope: Scope) -> None:
        """A key needs the scope (a widget's key reads, no more); people are judged by the rules."""
        if self.key is None or (self.is_widget and scope == Scope.READ):
            return
        if not self.key.has(scope):
            raise NotAllowed


VISITOR = Caller()
