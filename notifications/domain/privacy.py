"""What the inbox and the outbox hold of a person (cocreate/lib/personal.py)."""

from django.db.models import Q

from accounts.domain import mailboxes
from accounts.models import User
from cocreate.lib.personal import Rows, holds
from notifications.domain import texts
from notifications.models import Mail, Notice


def export_notices(user: User) -> Rows:
    notices = Notice.objects.filter(user=user).select_related("activity__brand").order_by("id")
    for notice in notices:
        yield {
            "at": notice.created_at,
            "read_at": notice.read_at,
            "headline": texts.headline(notice),
        }


def _mails_to(user: User) -> Q:
    sent_to = Mail.objects.exclude(to="").values_list("to", flat=True).distinct()
    mine = mailboxes.addresses_of(user, among=sent_to.iterator())
    return Q(notice__user=user) | Q(to__in=mine) | Q(to__iexact=user.email)


def export_mails(user: User) -> Rows:
    mails = Mail.objects.filter(_mails_to(user)).order_by("id")
    return mails.values("to", "subject", "state", "created_at", "sent_at")


def erase_mails(user: User) -> None:
    """Sent or waiting: nothing leaves later."""
    Mail.objects.filter(_mails_to(user)).delete()


holds("notifications.Notice", export=export_notices, goes="Deleted with the account.")
holds("notifications.Mail", export=export_mails, erase=erase_mails)
