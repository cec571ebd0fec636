"""What the inbox and the outbox hold of a person (cocreate/lib/personal.py)."""

from django.db.models import F, Q

from accounts.domain import mailboxes
from accounts.models import User
from cocreate.lib.personal import Rows, holds
from notifications.domain import headlines
from notifications.models import Digest, Mail, Notice, RefusedAddress, Subscription

PAGE = 500


def export_notices(user: User) -> Rows:
    """Some at a time: what each says takes a few queries for all of them. What their reader may not
    see any more tells no title, nor of whom.
    """
    rows = Notice.objects.select_related("activity__brand", "activity__actor")
    mine = rows.filter(user=user).order_by("id")
    readable = Notice.objects.readable_by(user)
    while page := list(mine[:PAGE]):
        seen = set(readable.filter(pk__in=[one.pk for one in page]).values_list("pk", flat=True))
        for line in headlines.lines_of(page):
            notice = line.notice
            yield {
                "at": notice.created_at,
                "read_at": notice.read_at,
                "reason": notice.reason,
                "headline": line.headline if notice.pk in seen else "",
            }
        mine = mine.filter(pk__gt=page[-1].pk)


def export_subscriptions(user: User) -> Rows:
    return Subscription.objects.filter(user=user).values(
        "frequency", "created_at", brand_name=F("brand__name")
    )


def export_digests(user: User) -> Rows:
    return Digest.objects.filter(user=user).values("pace", "day", brand_name=F("brand__name"))


def export_refused_addresses(user: User) -> Rows:
    return RefusedAddress.objects.filter(user=user).values("email", "answer", "at")


def _mails_to(user: User) -> Q:
    sent_to = Mail.objects.exclude(to="").values_list("to", flat=True).distinct()
    mine = mailboxes.addresses_of(user, among=sent_to.iterator())
    told = Q(notice__user=user) | Q(digest__user=user)
    return told | Q(to__in=mine) | Q(to__iexact=user.email)


def export_mails(user: User) -> Rows:
    mails = Mail.objects.filter(_mails_to(user)).order_by("id")
    return mails.values("to", "sent_to", "subject", "state", "created_at", "sent_at")


def erase_mails(user: User) -> None:
    """Sent or waiting: nothing leaves later."""
    Mail.objects.filter(_mails_to(user)).delete()


WITH_ACCOUNT = "Deleted with the account."

holds("notifications.Notice", export=export_notices, goes=WITH_ACCOUNT)
holds("notifications.Subscription", export=export_subscriptions, goes=WITH_ACCOUNT)
holds("notifications.Digest", export=export_digests, goes=WITH_ACCOUNT)
holds("notifications.RefusedAddress", export=export_refused_addresses, goes=WITH_ACCOUNT)
holds("notifications.Mail", export=export_mails, erase=erase_mails)
