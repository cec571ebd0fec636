"""Found, if the caller may know of it; then whether they may. Keys know no other brand."""

from accounts.access import brand_of_key, brand_or_404, moved_or_gone
from accounts.enums import Scope
from accounts.models import Brand
from api.callers import Caller
from cocreate.lib.errors import NotAllowed, NotFound
from ideas.access import idea_or_404
from ideas.models import Idea
from ideas.rules import can_edit


def readable_brand(caller: Caller, slug: str) -> Brand:
    brand = known_brand(caller, slug)
    caller.must_have(Scope.READ)
    return brand


def known_brand(caller: Caller, slug: str) -> Brand:
    """A secret key sees its own brand always, a widget's key while it is public."""
    if caller.key is None:
        return brand_or_404(caller.user, slug)
    if slug != caller.key.brand.slug:
        raise moved_or_gone(slug, brand_of_key(caller.key))
    return brand_or_404(None, slug) if caller.is_widget else caller.key.brand


def readable_idea(caller: Caller, code: str) -> Idea:
    idea = known_idea(caller, code)
    caller.must_have(Scope.READ)
    return idea


def known_idea(caller: Caller, code: str) -> Idea:
    key = caller.key
    if key is None:
        return idea_or_404(caller.user, code)
    if not caller.is_widget:
        return idea_or_404(None, code, brand=key.brand)
    idea = idea_or_404(None, code)
    if idea.brand_id != key.brand_id:
        raise NotFound
    return idea


def editable_idea(caller: Caller, code: str) -> Idea:
    caller.must_be_known()
    idea = known_idea(caller, code)
    caller.must_have(Scope.WRITE)
    if caller.key is None and not can_edit(caller.user, idea):
        raise NotAllowed
    return idea
