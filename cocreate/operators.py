"""The door of /admin/: through the site's own sign-in, with its limits and its mailbox proof."""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cocreate.lib.operators import ReadOnly

ASKS_AGAIN_AFTER = 2 * 60 * 60  # seconds since the password was last given


class OperatorsSite(admin.AdminSite):
    """Operators are `is_staff` and active; a role in a brand means nothing here."""

    site_header = site_title = _("Operators")
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """No second form for passwords. Whoever is signed in and comes here may not enter."""
        if request.user.is_authenticated and not self.may_operate(request):
            raise PermissionDenied
        wanted = request.GET.get("next") or reverse("admin:index")
        page = "account_reauthenticate" if request.user.is_authenticated else "account_login"
        return redirect_to_login(wanted, reverse(page))

    def has_permission(self, request: HttpRequest) -> bool:
        return self.may_operate(request) and has_signed_in_lately(request)

    @staticmethod
    def may_operate(request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_change_password")


def has_signed_in_lately(request: HttpRequest) -> bool:
    """By a password, or by having shown that it is them: who has come in by a mailed code alone
    may just be reading the mailbox.
    """
    given = [
        record.get("at", 0)
        for record in get_authentication_records(request, request.user)
        if record.get("method") != "code" or record.get("reauthenticated")
    ]
    return time.time() - max(given, default=0) < ASKS_AGAIN_AFTER


class EmailAddressAdmin(ReadOnly):
    list_display = ("email", "user", "primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email__exact",)


def close_foreign_doors() -> None:
    """Whatever other packages let one edit by hand is taken away, or read."""
    for model in list(admin.site._registry):
        if model is Group or model._meta.app_label == EmailAddress._meta.app_label:
            admin.site.unregister(model)
    admin.site.register(EmailAddress, EmailAddressAdmin)
