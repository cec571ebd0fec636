"""A mail's subject, text and HTML from `templates/emails/<event>/`, in the active language."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from notifications.domain import texts
from notifications.models import Notice
from notifications.models.mail import SUBJECT_LENGTH


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(event: str, context: dict[str, Any]) -> Rendered:
    context = context | {"site_name": settings.SITE_NAME, "site_url": settings.PUBLIC_URL}
    with timezone.override(UTC):  # a mail says so, whatever clock its sender's page is read by
        parts = [
            render_to_string(f"emails/{event}/{part}", context).strip()
            for part in ("subject.txt", "body.txt", "body.html")
        ]
    return Rendered(texts.one_line(parts[0], SUBJECT_LENGTH), f"{parts[1]}\n", f"{parts[2]}\n")


def render_notice(notice: Notice) -> Rendered:
    """In the language of its reader."""
    activity = notice.activity
    context = {
        "title": texts.unlinked(texts.title_in(activity)),
        "plain_title": texts.one_line(texts.title_in(activity), texts.LONGEST_QUOTE),
        "rank": activity.data.get("rank"),
        "brand": activity.brand,
        "key": texts.key_name(activity),
        "from": texts.unlinked(str(activity.data.get("from", ""))),
        "url": texts.absolute(texts.url(notice)),
        "desk_url": texts.absolute(texts.desk_path(activity)),
    }
    with translation.override(notice.user.language):
        context["why"] = texts.why_revoked(activity)
        return render(activity.kind.replace(".", "_"), context)
