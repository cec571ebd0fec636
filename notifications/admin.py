"""For operators: what was sent, what waits and why. Bodies are not shown: they may hold secrets."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cocreate.lib.operators import ReadOnly
from notifications.models import Digest, Mail, Notice, RefusedAddress, Subscription


@admin.register(Mail)
class MailAdmin(ReadOnly):
    list_display = ("created_at", "state", "reader", "notice", "attempts", "due_at", "error")
    list_select_related = ("notice__user", "digest__user")
    search_fields = ("message_id__exact",)
    exclude = ("subject", "text", "html", "dedupe")

    @admin.display(description=_("To"))
    def reader(self, mail: Mail) -> str:
        """Of a notice or a digest that waits it is what their account has at that moment."""
        told = mail.notice or mail.digest
        return mail.to or mail.sent_to or (told.user.email if told else "")


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ("created_at", "code", "user", "reason", "pace", "activity", "read_at")
    list_select_related = ("user", "activity")
    search_fields = ("code__exact",)


@admin.register(Digest)
class DigestAdmin(ReadOnly):
    list_display = ("created_at", "user", "brand", "pace", "day")
    list_select_related = ("user", "brand")


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly):
    list_display = ("user", "brand", "frequency", "created_at")
    list_select_related = ("user", "brand")
    exclude = ("token",)


@admin.register(RefusedAddress)
class RefusedAddressAdmin(ReadOnly):
    list_display = ("at", "user", "answer")
    list_select_related = ("user",)
