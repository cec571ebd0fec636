"""What a mail says at the moment it leaves; or why it does not leave at all."""

from notifications.domain import (
    addresses,
    audience,
    digests,
    rendering,
    stories,
    subscriptions,
)
from notifications.domain.rendering import Rendered
from notifications.domain.stories import Story
from notifications.enums import Frequency, MailState
from notifications.models import Digest, Mail, Notice, Subscription

Content = Rendered | MailState


def of(mail: Mail) -> Content:
    """The finished mail, or the final state of one that is not to be sent."""
    if mail.notice:
        return _of_notice(mail.notice)
    if mail.digest:
        return _of_digest(mail.digest)
    return Rendered(mail.subject, mail.text, mail.html)


def address_of(mail: Mail) -> str:
    """What its reader has today."""
    told = mail.notice or mail.digest
    return told.user.email if told else mail.to


def _of_notice(notice: Notice) -> Content:
    activity, user = notice.activity, notice.user
    story = stories.one(activity)
    reason = audience.reason_now(story, user)
    if reason is None:
        return MailState.DROPPED
    subscription = None
    if audience.is_chosen(activity) and activity.brand:
        subscription = subscriptions.of(user, activity.brand)
        if subscription.frequency != Frequency.INSTANT:  # chosen while the notice was written
            mine = Notice.objects.filter(pk=notice.pk)
            subscriptions.put_off(mine, user, subscription.frequency)
            return MailState.DROPPED
    if addresses.refused(user):
        return MailState.WITHHELD
    return rendering.render_notice(notice, story, reason, subscription)


def _of_digest(digest: Digest) -> Content:
    subscription = subscriptions.of(digest.user, digest.brand)
    told, older = _still_told(digest, subscription)
    if not told:
        return MailState.DROPPED
    if addresses.refused(digest.user):
        return MailState.WITHHELD
    return rendering.render_digest(digest, told, subscription, older=older)


def _still_told(
    digest: Digest, subscription: Subscription
) -> tuple[list[tuple[Notice, Story]], int]:
    """The newest that its reader may hear now and has not read, in the order of time, and how many
    older ones were not looked at; what they may not hear leaves the digest.
    """
    told: list[tuple[Notice, Story]] = []
    before = None
    while len(told) < rendering.MOST_IN_DIGEST:
        notices = digests.unread(digest, before=before)
        if not notices:
            return told[::-1], 0
        told += _judged(notices, subscription)
        before = notices[-1].pk
    return told[::-1], digests.older(digest, before) if before else 0


def _judged(notices: list[Notice], subscription: Subscription) -> list[tuple[Notice, Story]]:
    known = stories.of([notice.activity for notice in notices])
    told: list[tuple[Notice, Story]] = []
    if subscription.frequency != Frequency.OFF:
        for notice in notices:
            story = known[notice.activity_id]
            if reason := audience.reason_now(story, subscription.user):
                notice.reason = reason
                told.append((notice, story))
    kept = {notice.pk for notice, _story in told}
    digests.leave_out(
        [notice for notice in notices if notice.pk not in kept], frequency=subscription.frequency
    )
    return told
