"""For operators: what was sent, what waits and why. Bodies are not shown: they may hold secrets."""

from django.contrib import admin

from accounts.admin import ReadOnly
from notifications.models import Mail, Notice


@admin.register(Mail)
class MailAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created_at", "state", "to", "notice", "subject", "attempts", "due_at", "error"]
    list_filter = ["state"]
    list_select_related = ["notice"]
    search_fields = ["to", "message_id"]
    exclude = ["text", "html"]


@admin.register(Notice)
class NoticeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created_at", "code", "user", "activity", "read_at"]
    list_select_related = ["user", "activity"]
    exclude = []
