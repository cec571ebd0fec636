"""The link at the foot of a mail. Looking changes nothing, for mail programs look at links too; a
POST ends the mails at once, without a session: that is what the button of a mail program sends
(RFC 8058).
"""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cocreate.lib.errors import NotFound
from notifications.domain import subscriptions
from notifications.enums import Frequency
from notifications.models import Subscription
from web.pages import page

IDEA, AGAIN = "idea", "again"
CHOICES = {
    "off": Frequency.OFF,
    "weekly": Frequency.WEEKLY,
    "daily": Frequency.DAILY,
    AGAIN: Frequency.INSTANT,
}


@csrf_exempt
@page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the token acts for its reader, in these mails alone."""
    try:
        response = answer(request, subscriptions.by_token(token))
    except NotFound:
        response = render(request, "public/unsubscribe_over.html", status=404)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    return response


def answer(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """In the language of the mail, which is its reader's."""
    code = request.GET.get("idea", "")
    done = ""
    if request.method == "POST":
        done = obey(request, subscription, code)
        subscription.refresh_from_db(fields=["frequency"])
    with translation.override(subscription.user.language):
        context = {
            "subscription": subscription,
            "idea": subscriptions.idea_to_leave(subscription, code),
            "done": done,
        }
        return render(request, "public/unsubscribe.html", context)


def obey(request: HttpRequest, subscription: Subscription, code: str) -> str:
    """What was chosen, done: without any choice, as from a mail program, no more mails."""
    choice = chosen(request)
    if choice == IDEA:
        subscriptions.leave_idea(subscription=subscription, code=code)
        return choice
    choice = choice if choice in CHOICES else "off"
    subscriptions.choose(
        user=subscription.user, brand=subscription.brand, frequency=CHOICES[choice]
    )
    return choice


def chosen(request: HttpRequest) -> str:
    """Whatever a mail program sends as a body, it wants no more mails."""
    try:
        return request.POST.get("choice", "")
    except (BadRequest, MultiPartParserError):
        return ""
