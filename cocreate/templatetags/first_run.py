"""What somebody is told who tries it on their own machine."""

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


@register.simple_tag
def mail_folder(request: HttpRequest) -> str:
    """Where mails are written that no server sends, for who sits at that machine; else nothing."""
    if settings.EMAIL_URL or not is_from_here(request):
        return ""
    return str(settings.VAR / "mail")
