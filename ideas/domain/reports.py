"""Somebody thinks that a text should not stand there; the team looks."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.domain import activity
from accounts.domain.stopping import hold_active
from accounts.models import Brand, Participant, User
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from cocreate.lib.text import tidy_text
from ideas.domain import comments, ideas
from ideas.enums import ReportReason, ReportState
from ideas.models import Comment, Idea, Report
from ideas.models.moderation import DETAIL_LENGTH

MOST_SHOWN = 200


@transaction.atomic
def report(
    *,
    idea: Idea,
    comment: Comment | None,
    reporter: Participant,
    reason: str,
    detail: str = "",
) -> Report:
    """Say that a text should not stand there: the comment, or the idea itself. One open report a
    person and text: a second is the first. Raises NotAllowed (their own text), NotFound (gone) or
    Invalid. Records `text.reported`, for the team.
    """
    hold_active(reporter)
    words = _checked(reason, detail)
    _must_be_of_somebody_else(idea, comment, reporter)
    found, is_new = Report.objects.get_or_create(
        idea=idea,
        comment=comment,
        reporter=reporter,
        state=ReportState.OPEN,
        defaults=words | {"brand": idea.brand},
    )
    if is_new:
        activity.record(
            "text.reported",
            subject=("idea", idea.code),
            brand=idea.brand,
            private=True,
            data={"report": found.code},
        )
    return found


def open_reports(brand: Brand, limit: int = MOST_SHOWN) -> list[Report]:
    """What waits for the team, the oldest first, with text, author and reporter at hand."""
    rows = Report.objects.filter(brand=brand, state=ReportState.OPEN).select_related(
        "idea__author__user", "comment__author__user", "reporter__user"
    )
    return list(rows.order_by("id")[:limit])


def open_reports_of(idea: Idea) -> list[Report]:
    """What waits about this idea and its comments, as open_reports() has it."""
    rows = Report.objects.filter(idea=idea, state=ReportState.OPEN).select_related(
        "idea__author__user", "comment__author__user", "reporter__user"
    )
    return list(rows.order_by("id")[:MOST_SHOWN])


def report_or_404(brand: Brand, code: str) -> Report:
    """Whatever became of it."""
    rows = Report.objects.select_related("brand", "idea__brand", "comment__idea", "comment__brand")
    found = rows.filter(brand=brand, code=code).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def settle(*, report: Report, hide: bool, actor: User | None, reason: str = "") -> None:
    """Answer every open report of that text: it goes, or it stays. What is settled already stays
    so. `reason` is for the author of what is hidden; without one it is what was reported.

    Records `report.settled`, and what hiding the text does.
    """
    waiting = _open_about(report)
    state = ReportState.HIDDEN if hide else ReportState.KEPT
    if not waiting.update(state=state, settled_by=actor, settled_at=Now()):
        return
    if hide:
        _hide(report, actor, reason or _reason_in_words(report))
    activity.record(
        "report.settled",
        subject=("idea", report.idea.code),
        brand=report.brand,
        actor=actor,
        private=True,
        data={"report": report.code, "state": str(state)},
    )
    report.refresh_from_db(fields=["state", "settled_by", "settled_at"])


def keep_shown(*, idea_code: str, comment_code: str = "") -> None:
    """The team shows again what it had hidden for a report: the text stays. Inside the transaction
    that shows it.
    """
    text = Q(comment__code=comment_code) if comment_code else Q(comment=None)
    hidden = Report.objects.filter(text, idea__code=idea_code, state=ReportState.HIDDEN)
    hidden.update(state=ReportState.KEPT)


def _open_about(report: Report) -> "QuerySet[Report]":
    text = Q(comment=report.comment_id) if report.comment_id else Q(comment=None)
    return Report.objects.filter(text, idea=report.idea_id, state=ReportState.OPEN)


def _hide(report: Report, actor: User | None, reason: str) -> None:
    if report.comment is not None:
        comments.set_hidden(comment=report.comment, hidden=True, actor=actor, reason=reason)
    else:
        ideas.set_hidden(idea=report.idea, hidden=True, actor=actor, reason=reason)


def _reason_in_words(report: Report) -> str:
    """In the language of the brand, whose team it is that speaks."""
    with translation.override(report.brand.language):
        return str(ReportReason(report.reason).label)


def _checked(reason: str, detail: str) -> dict[str, Any]:
    errors: dict[str, list[tuple[str, str]]] = {}
    detail = tidy_text(detail).strip()
    if reason not in ReportReason.values:
        errors["reason"] = [("required", _("Choose a reason from the list."))]
    if len(detail) > DETAIL_LENGTH:
        message = _("Keep the text under {n} characters.").format(n=DETAIL_LENGTH)
        errors["detail"] = [("too_long", message)]
    if errors:
        raise Invalid(fields=errors)
    return {"reason": reason, "detail": detail}


def _must_be_of_somebody_else(idea: Idea, comment: Comment | None, reporter: Participant) -> None:
    if comment is not None and (comment.idea_id != idea.pk or comment.deleted_at):
        raise NotFound
    if (comment or idea).author_id == reporter.pk:
        raise NotAllowed
