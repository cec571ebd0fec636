"""Found, if the caller may know of it; then whether they may. Keys know no other brand."""

from accounts.access import brand_of_key, brand_or_404, moved_or_gone
from accounts.enums import Scope
from accounts.models import Brand
from accounts.rules import can_answer
from api.callers import Caller
from cocreate.lib.errors import NotAllowed, NotFound
from ideas.access import comment_or_404, idea_or_404
from ideas.domain.ideas import must_be_editable
from ideas.models import Comment, Idea
from ideas.rules import is_comment_author


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
    """One that its author deleted is nobody's to read or change here, not even theirs."""
    idea = _known_idea(caller, code)
    if idea.deleted_at:
        raise NotFound
    return idea


def _known_idea(caller: Caller, code: str) -> Idea:
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
    if caller.user is not None:
        must_be_editable(idea, caller.user)
    return idea


def own_idea(caller: Caller, code: str) -> Idea:
    """A member's own, or any other that they may know of: whose it is the verb asks. No key deletes
    what somebody wrote.
    """
    caller.must_be_known()
    idea = known_idea(caller, code)
    caller.must_have(Scope.WRITE)
    if caller.key is not None:
        raise NotAllowed
    return idea


def answerable_idea(caller: Caller, code: str) -> Idea:
    """An idea for which the caller may speak in the brand's name."""
    caller.must_be_known()
    idea = known_idea(caller, code)
    caller.must_have(Scope.WRITE)
    if caller.key is None and not can_answer(caller.user, idea.brand):
        raise NotAllowed
    return idea


def followable_idea(caller: Caller, code: str) -> Idea:
    """A key has nobody who would hear."""
    caller.must_be_known()
    idea = known_idea(caller, code)
    if caller.key is not None:
        raise NotAllowed
    return idea


def readable_comment(caller: Caller, code: str) -> Comment:
    comment = known_comment(caller, code)
    caller.must_have(Scope.READ)
    return comment


def known_comment(caller: Caller, code: str) -> Comment:
    key = caller.key
    if key is None:
        return comment_or_404(caller.user, code)
    if not caller.is_widget:
        return comment_or_404(None, code, brand=key.brand)
    comment = comment_or_404(None, code)
    if comment.brand_id != key.brand_id:
        raise NotFound
    return comment


def own_comment(caller: Caller, code: str) -> Comment:
    """A member's own, or what the brand said for whoever answers for it and for its keys. How long
    it may be changed is the verb's to say.
    """
    caller.must_be_known()
    comment = known_comment(caller, code)
    caller.must_have(Scope.WRITE)
    if comment.official:
        may = caller.key is not None or can_answer(caller.user, comment.brand)
    else:
        may = caller.key is None and is_comment_author(caller.user, comment)
    if not may:
        raise NotAllowed
    return comment
