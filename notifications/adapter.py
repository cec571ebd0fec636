"""Where allauth asks this product: how its mails leave, and what a new login is given."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from accounts.domain import signup
from accounts.models import User
from notifications.domain import outbox, rendering, texts

# All that our templates use; names, which anybody can choose, are not among them.
SHOWN = {"code", "email", "from_email", "to_email", "deleted_email", "timestamp", "ip"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render in the language of the request and put into the outbox; a worker sends it.

        Links lead to our public address, whatever host the request claimed to come to.
        """
        event = template_prefix.rpartition("/")[2]
        shown = {name: value for name, value in context.items() if name in SHOWN}
        links = {name: texts.absolute(v) for name, v in context.items() if name.endswith("_url")}
        agent = texts.unlinked(str(context.get("user_agent", "")))
        rendered = rendering.render(event, {"email": email, "agent": agent} | shown | links)
        outbox.queue(to=email, rendered=rendered)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """One write with name, handle and language: nobody is ever stored without a handle."""
        super().save_user(request, user, form, commit=False)
        if commit:
            language = get_language() or settings.LANGUAGE_CODE
            name = form.cleaned_data["display_name"]
            signup.complete(user=user, display_name=name, language=language)
        return user

    def is_safe_url(self, url: str | None) -> bool:
        """Only this site: the hosts we answer to are not all places to send people."""
        hosts = {allauth_context.request.get_host(), urlsplit(settings.PUBLIC_URL).netloc}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts)
