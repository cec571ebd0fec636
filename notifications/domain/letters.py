"""What the mail of a notice says beside its headline: why, in whose words, and where to go on."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ideas.enums import DeclineReason, ReportReason
from ideas.rules import KEPT
from notifications.domain import texts
from notifications.domain.headlines import brand_name, name_of
from notifications.domain.stories import Story
from notifications.enums import Reason

LONGEST_COMMENT, LONGEST_MESSAGE = 1_000, 5_000
# Whoever hears of an idea for one of these may stop hearing of that idea alone.
OF_AN_IDEA = {Reason.AUTHOR, Reason.ANSWERED, Reason.NAMED, Reason.FOLLOWER, Reason.VOTER}
NEWS = {"answer.posted", "comment.posted", "status.changed"}


@dataclass(frozen=True)
class Quote:
    """What somebody wrote, line by line; `by` may be nobody in particular."""

    lines: list[str]
    by: str = ""


@dataclass(frozen=True)
class Words:
    """The parts of a mail. `label` is the button's."""

    label: str
    notes: list[str] = field(default_factory=list)
    quote: Quote | None = None


def words_of(story: Story) -> Words:
    write = WRITERS.get(story.activity.kind)
    return write(story) if write else Words(_("Read more"))


def may_leave_idea(story: Story, reason: str) -> bool:
    return story.activity.kind in NEWS and reason in OF_AN_IDEA


def reason_line(story: Story, reason: str) -> str:
    """Why its reader gets the mail, in one sentence."""
    words = {"brand_name": texts.unlinked(brand_name(story))}
    match reason:
        case Reason.AUTHOR:
            return _("You get this because you posted this idea.")
        case Reason.ANSWERED:
            return _("You get this because you wrote the comment that this answers.")
        case Reason.NAMED:
            return _("You get this because the comment names you.")
        case Reason.FOLLOWER:
            return _("You get this because you follow this idea.")
        case Reason.VOTER:
            return _("You get this because you voted for this idea.")
        case Reason.OWNER:
            return _("You get this because %(brand_name)s is yours.") % words
        case Reason.TEAM:
            return _("You get this because you are in the team of %(brand_name)s.") % words
    return _about_yourself(story) % words


def _about_yourself(story: Story) -> str:
    if story.activity.kind == "vote.lapsed":
        return _("You get this because you voted on this idea.")
    if story.activity.kind == "comment.hidden":
        return _("You get this because you wrote the comment.")
    if story.activity.kind == "revision.hidden":
        return _("You get this because you wrote this version.")
    if story.activity.kind == "co_author.invited":
        return _("You get this because its author invited you by your handle.")
    if story.activity.kind in {"idea.deleted", "idea.erased"}:
        return _("You get this because you signed this idea.")
    return _("You get this because you take part at %(brand_name)s.")


def _comment(story: Story) -> Words:
    return Words(_("Read it and answer"), quote=_quote_of_comment(story, name_of(story)))


def _answer(story: Story) -> Words:
    return Words(_("Read the answer"), quote=_quote_of_comment(story, brand_name(story)))


def _decision(story: Story) -> Words:
    decision = story.decision
    if decision is None:
        return Words(_("See the idea"))
    notes = []
    if decision.reason in DeclineReason.values:
        notes = [_("Why: %(why)s.") % {"why": DeclineReason(decision.reason).label}]
    return Words(
        _("See the idea"), notes, _quote(decision.message, LONGEST_MESSAGE, brand_name(story))
    )


def _lapsed(_story: Story) -> Words:
    note = _(
        "The idea was closed and gave back what your vote had cost; you have spent that elsewhere."
        " Now it is open again. If you have votes left, you can vote for it once more."
    )
    return Words(_("See the idea"), [note])


def _hidden(story: Story) -> Words:
    label = _("See your idea") if story.activity.kind == "idea.hidden" else _("See the idea")
    return Words(label, quote=_quote_of_team(story))


def _revision_hidden(story: Story) -> Words:
    """Why, where the headline has cut that off."""
    is_cut = len(str(story.activity.data.get("reason", ""))) > texts.LONGEST_QUOTE
    return Words(_("See the history"), quote=_quote_of_team(story) if is_cut else None)


def _invited_to_sign(_story: Story) -> Words:
    note = _(
        "If you accept, your name stands on it, you may change its text, and you hear what people"
        " say about it. Nothing happens before you do."
    )
    return Words(_("See the invitation"), [note])


def _deleted(_story: Story) -> Words:
    note = _(
        "Nobody finds it any more. Its author can bring it back for %(n)s days: then your name"
        " stands on it again, as before."
    )
    return Words(_("To the brand"), [note % {"n": KEPT.days}])


def _erased(_story: Story) -> Words:
    note = _("Nobody finds it any more, and nobody can bring it back. Its text is gone for good.")
    return Words(_("To the brand"), [note])


def _reported(story: Story) -> Words:
    report = story.report
    if report is None:
        return Words(_("Look at it"))
    notes = []
    if report.reason in ReportReason.values:
        notes = [_("Why: %(why)s.") % {"why": ReportReason(report.reason).label}]
    detail = _quote(report.detail, LONGEST_COMMENT, _("Who reported it"))
    return Words(_("Look at it"), notes, detail)


def _charge(_story: Story) -> Words:
    return Words(_("See the idea"))


def _note(story: Story) -> Words:
    """In whose words; a team's note stays in the team."""
    note = story.note
    by = note.author.display_name if note and note.author else ""
    quote = _quote(note.body, LONGEST_COMMENT, by) if note else None
    return Words(_("See the note"), quote=quote)


def _rises(_story: Story) -> Words:
    return Words(_("Read the idea"))


def _stopped(story: Story) -> Words:
    note = _("You can still read, but neither post nor comment nor vote there.")
    return Words(_("To the brand"), [note], _quote_of_team(story))


def _allowed(_story: Story) -> Words:
    return Words(_("To the brand"))


def _quote_of_comment(story: Story, by: str) -> Quote | None:
    body = story.comment.body if story.comment else ""
    is_official = bool(story.comment and story.comment.official)
    return _quote(body, LONGEST_MESSAGE if is_official else LONGEST_COMMENT, by)


def _quote_of_team(story: Story) -> Quote | None:
    reason = str(story.activity.data.get("reason") or "")
    return _quote(reason, LONGEST_COMMENT, brand_name(story))


def _quote(text: str, length: int, by: str) -> Quote | None:
    lines = texts.quoted(text, length)
    return Quote(lines, texts.unlinked(by)) if lines else None


WRITERS: dict[str, Any] = {
    "answer.posted": _answer,
    "co_author.invited": _invited_to_sign,
    "comment.hidden": _hidden,
    "comment.posted": _comment,
    "idea.burst": _rises,
    "idea.deleted": _deleted,
    "idea.erased": _erased,
    "idea.hidden": _hidden,
    "idea.threshold": _rises,
    "note.added": _note,
    "owner.changed": _charge,
    "person.allowed": _allowed,
    "person.stopped": _stopped,
    "revision.hidden": _revision_hidden,
    "status.changed": _decision,
    "text.reported": _reported,
    "vote.lapsed": _lapsed,
}
