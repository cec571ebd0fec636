"""Who asks: a visitor, a member, a brand's key, or somebody for whom a widget's key speaks."""

from dataclasses import dataclass
from functools import cached_property

from accounts.domain import widgets
from accounts.enums import Scope
from accounts.models import ApiKey, User
from cocreate.lib.errors import NotAllowed, SignInRequired


@dataclass(frozen=True)
class Caller:
    """At most one of the three is set; none is a visitor."""

    user: User | None = None
    own_key: ApiKey | None = None
    session: widgets.Session | None = None

    @cached_property
    def key(self) -> ApiKey | None:
        """That of a session is looked up by whoever needs it: a vote does not. Raises SessionOver
        where it has ended.
        """
        return widgets.key_of_session(self.session) if self.session else self.own_key

    @property
    def is_visitor(self) -> bool:
        return self.user is None and self.own_key is None and self.session is None

    @property
    def is_public_key(self) -> bool:
        """A widget's key that speaks for nobody: it shows all people the same."""
        return self.own_key is not None and self.own_key.is_widget

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def is_widget(self) -> bool:
        return self.session is not None or self.is_public_key

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
