"""Where allauth asks this product: how its mails leave, what a new login is given, and what ends
with an old password or address.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import limits
from accounts.domain import addresses, passwords, signup
from accounts.models import User
from cocreate.lib.errors import DomainError
from cocreate.lib.http import client_address
from notifications.domain import outbox, rendering, texts

REPLACES = "address_replaces"  # in the session: the address that a change began from
# All that our templates use; names, which anybody can choose, are not among them.
SHOWN = {"code", "email", "from_email", "to_email", "deleted_email", "timestamp", "ip"}
# Mails that anybody can have sent to anybody: a mailbox gets a few a day. What tells an owner of a
# change is none of them, or an attacker could use the day's mails up first.
SENT_FOR_ANYBODY = {
    "account_already_exists", "email_confirmation", "email_confirmation_signup", "enter_code",
    "login_code", "password_reset_code", "password_reset_key", "unknown_account",
}  # fmt: skip


# In the words of this site; of others allauth's own stand.
SAID = {
    "email_password_mismatch": gettext_lazy(
        "This address and this password do not go together. Check both."
    ),
    "enter_current_password": gettext_lazy("Type the password that you have now."),
    "incorrect_code": gettext_lazy("This is not the code that we sent. Look at it again."),
    "incorrect_password": gettext_lazy("This is not your password."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | SAID

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render in the language of the request and put into the outbox; a worker sends it.

        Links lead to our public address, whatever host the request claimed to come to. Raises
        TooMany where a mailbox has had its mails of the day.
        """
        event = template_prefix.rpartition("/")[2]
        if event in SENT_FOR_ANYBODY:
            limits.send_mail(email=email)
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

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Only this site: the hosts we answer to are not all places to send people."""
        hosts = {allauth_context.request.get_host(), urlsplit(settings.PUBLIC_URL).netloc}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts)

    def login(self, request: HttpRequest, user: User) -> None:
        """allauth asks at the password whether the account is open; here it may be later."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def clean_password(self, password: str, user: User | None = None) -> str:
        if not password.strip():
            raise ValidationError(_("A password needs more than spaces."), code="password_blank")
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Whoever has no password is asked for a code; allauth would ask nothing."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods or not user.is_authenticated:
            return methods
        url = reverse("account_reauthenticate_code")
        return [{"id": "code", "description": _("By a code to your mailbox"), "url": url}]

    def set_password(self, user: User, password: str) -> None:
        """Every way to a new password ends here: a change, a reset, a first one."""
        key = allauth_context.request.session.session_key
        passwords.change_password(user=user, password=password, key=key)

    def send_confirmation_mail(self, request: HttpRequest, process: Any, signup: bool) -> None:
        """Remember which address a change began from; `process` is saved in the same session."""
        if request.user.is_authenticated:
            request.session[REPLACES] = request.user.email
        super().send_confirmation_mail(request, process, signup)

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Where a changed address is seen; a sign-up goes on where it wanted to."""
        return reverse("account_email")

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The address is proved. All of the change or nothing; old and new address hear of it.

        Of two changes at once one wins: that of the same login by a lock on its row, that of two
        logins to one address by the database's constraints.
        """
        replaces = request.session.pop(REPLACES, None)
        try:
            with transaction.atomic():
                return self._confirm(request, email_address, replaces)
        except IntegrityError:
            if not addresses.is_taken(email=email_address.email, user=email_address.user):
                raise
            messages.error(request, str(addresses.AddressGone.message))
        except DomainError as error:
            messages.error(request, str(error.message))
        return False

    def _confirm(self, request: HttpRequest, proved: EmailAddress, replaces: str | None) -> bool:
        before = addresses.hold(user=proved.user, replaces=replaces)
        if not super().confirm_email(request, proved):  # tells the old address
            return False
        if before != proved.email:
            addresses.note_change(user=proved.user)
            messages.success(request, _("Your address is now %(email)s.") % {"email": proved.email})
            words = {"from_email": before, "to_email": proved.email}
            self.send_notification_mail(
                "account/email/email_changed", proved.user, words, email=proved.email
            )
        return True
