"""What the head of a page knows about its reader."""

from typing import Any

from django import template
from django.http import HttpRequest

from accounts.models import Brand
from accounts.rules import can_manage_settings, can_see_desk
from ideas.models import Idea
from notifications.access import unread_count
from web import wishes

register = template.Library()


@register.simple_tag
def unread(user: Any) -> int:
    return unread_count(user)


@register.filter
def sees_desk_of(user: Any, brand: Brand | None) -> bool:
    return brand is not None and can_see_desk(user, brand)


@register.filter
def manages(user: Any, brand: Brand) -> bool:
    return can_manage_settings(user, brand)


@register.simple_tag
def wished_value(request: HttpRequest) -> int:
    """Below 0 where the vote that waits for this sign-in is one against."""
    wish = wishes.wish_of(request)
    return wish.value if wish else 0


@register.simple_tag
def wished_idea(request: HttpRequest) -> Idea | None:
    """The idea whose vote waits for this sign-in, where there is one."""
    wish = wishes.wish_of(request)
    return wishes.idea_of(wish, request.user) if wish else None
