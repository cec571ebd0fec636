"""For operators: what was sent, what waits and why. Bodies are not shown: they may hold secrets."""

from django.contrib import admin

from cocreate.lib.operators import ReadOnly
from notifications.models import Digest, Mail, Notice, RefusedAddress, Subscription


@admin.register(Mail)
class MailAdmin(ReadOnly):
    list_display = ("created_at", "state", "to", "notice", "attempts", "due_at", "error")
    list_select_related = ("notice",)
    search_fields = ("message_id__exact",)
    exclude = ("subject", "text", "html", "dedupe")


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
