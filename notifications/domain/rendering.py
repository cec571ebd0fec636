"""A mail's subject, text and HTML from `templates/emails/<event>/`, in the active language."""

from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Brand
from cocreate.lib.accents import accents
from cocreate.lib.colour import hex_of
from notifications.domain import headlines, letters, texts
from notifications.domain.stories import Story
from notifications.enums import Frequency
from notifications.models import Digest, Notice, Subscription
from notifications.models.mail import SUBJECT_LENGTH

# Kinds whose mails have templates of their own; all others share one.
OWN_TEMPLATES = {"brand.handed_over", "idea.top", "key.leaked", "key.revoked"}
PREFERENCES = "/me/notifications/"
LONGEST_HEADLINE, LONGEST_EXCERPT = 300, 200
MOST_IN_DIGEST = 30
OUR_BUTTONS = {"light": ("#b03a1e", "#ffffff"), "dark": ("#f08a66", "#23120c")}


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)


def render(event: str, context: dict[str, Any]) -> Rendered:
    context = context | {
        "site_name": settings.SITE_NAME,
        "site_url": settings.PUBLIC_URL,
        "buttons": buttons_of(context.get("brand")),
    }
    with timezone.override(UTC):  # a mail says so, whatever clock its sender's page is read by
        parts = [
            render_to_string(f"emails/{event}/{part}", context).strip()
            for part in ("subject.txt", "body.txt", "body.html")
        ]
    subject = texts.one_line(parts[0], SUBJECT_LENGTH)
    return Rendered(subject, f"{parts[1]}\n", f"{parts[2]}\n", context.get("headers", {}))


def buttons_of(brand: Brand | None) -> dict[str, tuple[str, str]]:
    """Their ground and the words on it, by light and dark: in the brand's colour, else in ours."""
    if brand is None:
        return OUR_BUTTONS
    return {
        mode: (hex_of(one.accent), hex_of(one.on_accent))
        for mode, one in accents(brand.look).items()
    }


def render_notice(
    notice: Notice, story: Story, reason: str, subscription: Subscription | None
) -> Rendered:
    """In the language of its reader, for the reason they have now. With a subscription it says how
    to end such mails.
    """
    activity = notice.activity
    own = activity.kind in OWN_TEMPLATES
    with translation.override(notice.user.language):
        code = activity.subject_code if letters.may_leave_idea(story, reason) else ""
        context = _of_notice(story, reason) | way_out(subscription, code)
        context |= _of_own_templates(story) if own else {"words": letters.words_of(story)}
        return render(activity.kind.replace(".", "_") if own else "notice", context)


def render_digest(
    digest: Digest,
    told: list[tuple[Notice, Story]],
    subscription: Subscription,
    *,
    older: int,
) -> Rendered:
    """The newest thirty of what their reader may hear, each with the beginning of what it says.
    `older`: how many stand before those.
    """
    with translation.override(digest.user.language):
        lines = [_digest_line(notice, story) for notice, story in told[-MOST_IN_DIGEST:]]
        context = {
            "brand": digest.brand,
            "lines": lines,
            "count": len(told) + older,
            "more": len(told) + older - len(lines),
            "is_weekly": digest.pace == Frequency.WEEKLY,
            "inbox_url": texts.absolute("/me/"),
        }
        return render("digest", context | way_out(subscription))


def way_out(subscription: Subscription | None, idea_code: str = "") -> dict[str, Any]:
    """How its reader ends such mails, in the foot and in the headers (RFC 8058)."""
    if subscription is None:
        return {}
    url = unsubscribe_url(subscription)
    return {
        "unsubscribe_url": f"{url}?idea={idea_code}" if idea_code else url,
        "preferences_url": texts.absolute(PREFERENCES),
        "headers": {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    }


def unsubscribe_url(subscription: Subscription) -> str:
    return texts.absolute(f"/unsubscribe/{subscription.token}/")


def _of_notice(story: Story, reason: str) -> dict[str, Any]:
    headline = headlines.headline(story, reason)
    return {
        "headline": texts.unlinked(headline, LONGEST_HEADLINE),
        "plain_headline": headline.removesuffix("."),
        "reason": letters.reason_line(story, reason),
        "url": texts.absolute(headlines.path(story, reason)),
        "brand": story.activity.brand,
    }


def _of_own_templates(story: Story) -> dict[str, Any]:
    activity = story.activity
    return {
        "title": texts.unlinked(story.title),
        "plain_title": texts.one_line(story.title, texts.LONGEST_QUOTE),
        "rank": activity.data.get("rank"),
        "key": headlines.key_name(activity),
        "from": texts.unlinked(str(activity.data.get("from", ""))),
        "desk_url": texts.absolute(headlines.desk_path(activity)),
        "why": headlines.why_revoked(activity),
    }


def _digest_line(notice: Notice, story: Story) -> dict[str, Any]:
    line = headlines.line_of(notice, story)
    quote = letters.words_of(story).quote
    return {
        "headline": texts.unlinked(line.headline, LONGEST_HEADLINE),
        "url": texts.absolute(line.path),
        "quote": texts.cut(" ".join(quote.lines), LONGEST_EXCERPT) if quote else "",
    }
