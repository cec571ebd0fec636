"""How often a program may ask; the figures are in accounts/limits.py. With the store away each
process counts for itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from accounts import limits
from accounts.models import Brand
from api.authentication import key_in_address
from api.callers import Caller
from api.errors import BadCredential
from cocreate.lib.http import client_address
from cocreate.lib.ratelimit import Bucket, take


def limit_requests(caller: Caller) -> None:
    """A secret key's own requests a second; 0 is no limit. Raises TooMany."""
    key = caller.own_key
    if key is not None and key.rate and not caller.is_widget:
        take(Bucket(f"key:{key.pk}", key.rate, 1.0))


@contextmanager
def limited_guessing(request: HttpRequest) -> Iterator[None]:
    """Around the look-up of a credential: a flood of wrong ones is refused before it. Raises
    TooMany.
    """
    if "HTTP_AUTHORIZATION" not in request.META and key_in_address(request) is None:
        yield
        return
    address = client_address(request)
    limits.refuse_flood_of_credentials(address=address)
    try:
        yield
    except BadCredential:
        limits.note_wrong_credential(address=address)
        raise


def limit_votes(caller: Caller, voter: dict[str, Any]) -> None:
    """Of one person, whoever casts them. Raises TooMany."""
    if caller.user is not None:
        limits.vote_as_member(user_id=caller.user.pk)
    elif (session := caller.session) is not None:
        limits.vote_by_widget(
            brand_id=session.brand_id, external_id=session.external_id, mailbox=session.mailbox
        )
    elif caller.key is not None:
        limits.vote_on_behalf(
            brand_id=caller.key.brand_id, external_id=voter["external_id"], email=voter["email"]
        )


def limit_similar(request: HttpRequest, caller: Caller) -> None:
    """Of one person, or of one network; a secret key has its own rate. Raises TooMany."""
    if caller.key is None or caller.is_widget:
        limits.look_for_similar(user_id=caller.user_id, address=client_address(request))


def limit_ideas(caller: Caller, brand: Brand, author: dict[str, Any] | None) -> None:
    """Of one person; the brand itself has its key's rate. Raises TooMany."""
    if caller.user is not None:
        limits.post_idea_as_member(user_id=caller.user.pk)
    elif author is not None:
        limits.post_idea_on_behalf(
            brand_id=brand.pk, external_id=author["external_id"], email=author["email"]
        )


def limit_edits(caller: Caller) -> None:
    """Of one member; the brand itself has its key's rate. Raises TooMany."""
    if caller.user is not None:
        limits.edit_idea(user_id=caller.user.pk)


def limit_deletions(caller: Caller) -> None:
    """Of one member: no key deletes what somebody wrote. Raises TooMany."""
    if caller.user is not None:
        limits.delete_idea(user_id=caller.user.pk)


def limit_images(caller: Caller, brand: Brand, author: dict[str, Any] | None) -> None:
    """As limit_ideas(). Raises TooMany."""
    if caller.user is not None:
        limits.upload_as_member(user_id=caller.user.pk)
    elif author is not None:
        limits.upload_on_behalf(
            brand_id=brand.pk, external_id=author["external_id"], email=author["email"]
        )


def limit_comments(caller: Caller, brand: Brand, author: dict[str, Any] | None) -> None:
    """As limit_ideas(). Raises TooMany."""
    if caller.user is not None:
        limits.comment_as_member(user_id=caller.user.pk)
    elif author is not None:
        limits.comment_on_behalf(
            brand_id=brand.pk, external_id=author["external_id"], email=author["email"]
        )
