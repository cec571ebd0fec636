"""What stands behind activities, as it is now: for a whole page at once, in a few queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Activity
from ideas.domain.statuses import label_of
from ideas.models import Comment, Decision, Idea, Note, Report, StatusStep


@dataclass(frozen=True)
class Story:
    """An activity with what it names; None is what there is no more, or never was."""

    activity: Activity
    idea: Idea | None = None
    comment: Comment | None = None
    decision: Decision | None = None
    report: Report | None = None
    note: Note | None = None
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.idea.title if self.idea else str(self.activity.data.get("title", ""))

    @property
    def status(self) -> str:
        """What was decided, in the active language."""
        return label_of(self.decision.after, self.labels) if self.decision else ""


def of(activities: Sequence[Activity]) -> dict[int, Story]:
    """By the activity's id. As many queries for one as for a hundred."""
    ideas = _by_code(_ideas(), {a.subject_code for a in activities if a.subject_kind == "idea"})
    reports = _by_code(_reports(), _named("report", activities))
    comments = _by_code(_comments(), _named("comment", activities))
    decisions = _by_code(Decision.objects.all(), _named("decision", activities))
    notes = _by_code(Note.objects.select_related("author"), _named("note", activities))
    labels = _labels(decisions.values())
    return {
        activity.pk: _story(activity, ideas, comments, decisions, reports, notes, labels)
        for activity in activities
    }


def one(activity: Activity) -> Story:
    return of([activity])[activity.pk]


def _story(
    activity: Activity,
    ideas: dict[str, Idea],
    comments: dict[str, Comment],
    decisions: dict[str, Decision],
    reports: dict[str, Report],
    notes: dict[str, Note],
    labels: dict[tuple[int, str], dict[str, str]],
) -> Story:
    report = reports.get(activity.data.get("report", ""))
    decision = decisions.get(activity.data.get("decision", ""))
    comment = comments.get(activity.data.get("comment", ""))
    return Story(
        activity,
        idea=ideas.get(activity.subject_code) if activity.subject_kind == "idea" else None,
        comment=comment or (report.comment if report else None),
        decision=decision,
        report=report,
        note=notes.get(activity.data.get("note", "")),
        labels=labels.get((decision.brand_id, decision.after), {}) if decision else {},
    )


def _ideas() -> Any:
    return Idea.objects.select_related("brand", "challenge", "author__user", "owner")


def _comments() -> Any:
    return Comment.objects.select_related("author__user", "parent__author")


def _reports() -> Any:
    return Report.objects.select_related("comment__author__user")


def _named(what: str, activities: Sequence[Activity]) -> set[str]:
    return {str(a.data[what]) for a in activities if a.data.get(what)}


def _by_code(rows: Any, codes: set[str]) -> dict[str, Any]:
    return {row.code: row for row in rows.filter(code__in=codes)} if codes else {}


def _labels(decisions: Collection[Decision]) -> dict[tuple[int, str], dict[str, str]]:
    """What brands call the statuses of these decisions, where they have words of their own."""
    if not decisions:
        return {}
    rows = StatusStep.objects.filter(
        brand__in={one.brand_id for one in decisions}, key__in={one.after for one in decisions}
    ).values_list("brand", "key", "labels")
    return {(brand, key): words for brand, key, words in rows}
