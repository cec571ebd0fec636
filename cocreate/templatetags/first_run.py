"""What the front page of a demo offers."""

from django import template
from django.conf import settings
from django.http import HttpRequest

from cocreate.domain import demo_visit
from cocreate.domain.demo_visit import Offer
from cocreate.metrics import is_from_here

register = template.Library()


@register.simple_tag
def demo_offers(request: HttpRequest) -> list[Offer]:
    """Empty on every real install (cocreate/domain/demo_visit.py)."""
    return demo_visit.offers(folder=settings.VAR) if is_from_here(request) else []
