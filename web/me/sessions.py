"""Where a member is signed in: the list, and ending one or all others."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import sessions
from accounts.sessions import SEEN_EVERY
from cocreate.lib.agents import browser_of, system_of
from cocreate.lib.errors import NotFound
from cocreate.lib.http import client_address
from web.pages import member_of, page

LONGEST_RAW = 60


@dataclass(frozen=True)
class Line:
    """A session as it reads."""

    session: sessions.SignedIn
    agent: str

    @property
    def is_recent(self) -> bool:
        """Its last use is known to the hour, so that is all we may say."""
        return timezone.now() - self.session.last_seen_at < SEEN_EVERY


@page
@require_safe
def sessions_list(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    found = sessions.living(user=user, key=request.session.session_key)
    lines = [Line(each, agent_in_words(each.agent)) for each in found]
    return render(request, "me/sessions.html", {"lines": lines, "has_others": len(lines) > 1})


@page
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    user, ref = member_of(request), request.POST.get("session", "")
    try:
        sessions.end(user=user, ref=ref, key=request.session.session_key)
    except NotFound:  # pressed twice
        messages.info(request, _("That browser was signed out already."))
    else:
        messages.success(request, _("That browser is signed out."))
    return HttpResponseRedirect(reverse("sessions"))


@page
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    ended = sessions.end_others(user=user, key=request.session.session_key)
    words = ngettext(
        "%(n)s other browser is signed out.", "%(n)s other browsers are signed out.", ended
    )
    messages.success(request, words % {"n": ended})
    return HttpResponseRedirect(reverse("sessions"))


def agent_in_words(agent: str) -> str:
    """ "Firefox on Windows"; what we do not know is shown as it calls itself."""
    browser, system = browser_of(agent), system_of(agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    raw = agent if len(agent) <= LONGEST_RAW else f"{agent[: LONGEST_RAW - 1]}…"
    return browser or system or raw or _("Unknown browser")


def on_any_sign_in(*, request: HttpRequest, **_kwargs: Any) -> None:
    """Receiver of Django's `user_logged_in`, which every door of this site passes."""
    agent = request.headers.get("User-Agent", "")
    request.session.begin(agent=agent, address=client_address(request))  # type: ignore[attr-defined]
