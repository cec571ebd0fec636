"""What a notice says and where it leads: made when it is read, in the reader's language.

Sentences are plain text and may quote what somebody wrote: they are escaped where they are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.domain import keys
from accounts.models import Activity
from notifications.domain import stories
from notifications.domain.stories import Story
from notifications.domain.texts import LONGEST_NAME, LONGEST_QUOTE, idea_path, one_line, unlinked
from notifications.enums import FOR_THE_TEAM, Reason
from notifications.models import Notice

LONGEST_TITLE = 70  # in a sentence
SEES_WHAT_IS_HIDDEN = {Reason.AUTHOR, *FOR_THE_TEAM}


@dataclass(frozen=True)
class Line:
    """A notice as it reads."""

    notice: Notice
    headline: str
    path: str


def lines_of(notices: list[Notice]) -> list[Line]:
    """In a few queries, however many there are."""
    told = stories.of([notice.activity for notice in notices])
    return [line_of(notice, told[notice.activity_id]) for notice in notices]


def line_of(notice: Notice, story: Story) -> Line:
    return Line(notice, headline(story, notice.reason), path(story, notice.reason))


def headline(story: Story, reason: str = "") -> str:
    """One sentence."""
    tell = HEADLINES.get(story.activity.kind)
    return tell(story, reason) if tell else _("Something happened.")


def path(story: Story, reason: str = "") -> str:
    """What the notice is about: an idea, or the very comment, on whatever page that stands."""
    activity = story.activity
    if activity.kind == "text.reported":
        return f"{desk_path(activity)}reports/"
    if activity.kind in AT_THE_DESK:
        return f"{desk_path(activity)}ideas/{activity.subject_code}/{AT_THE_DESK[activity.kind]}"
    if activity.kind == "co_author.invited":
        return f"/i/{activity.subject_code}/authors/"
    if activity.kind == "idea.deleted" and story.idea and story.idea.deleted_at:
        return f"/b/{story.idea.brand.slug}/"
    if activity.kind == "idea.erased":
        return f"/b/{activity.brand.slug}/" if activity.brand else "/me/"
    if activity.kind == "revision.hidden":
        return f"/i/{activity.subject_code}/history/#hidings"
    if activity.subject_kind == "idea":
        if story.comment and not story.comment.hidden and not story.comment.deleted_at:
            return f"/i/{activity.subject_code}/comments/{story.comment.code}/"
        return idea_path(activity.subject_code, shown_title(story, reason))
    if activity.subject_kind == "person":
        return f"/b/{activity.brand.slug}/" if activity.brand else "/me/"
    page = DESK_PAGES.get(activity.kind, "") if activity.brand else ""
    return desk_path(activity) + page


def desk_path(activity: Activity) -> str:
    return f"/desk/{activity.brand.slug}/" if activity.brand else "/me/"


def name_of(story: Story) -> str:
    """Who wrote the comment."""
    author = story.comment.author if story.comment else None
    return one_line(author.name if author else "", LONGEST_NAME) or _("Somebody")


def brand_name(story: Story) -> str:
    return story.activity.brand.name if story.activity.brand else ""


def key_name(activity: Activity) -> str:
    """Its beginning, and the name that the team gave it."""
    name = unlinked(str(activity.data.get("name", "")), LONGEST_NAME)
    return f"{activity.subject_code}… ({name})" if name else f"{activity.subject_code}…"


def why_revoked(activity: Activity) -> str:
    """A sentence; empty where somebody did it by hand."""
    sentence = WHY_REVOKED.get(str(activity.data.get("reason", "")))
    return str(sentence) if sentence else ""


def shown_title(story: Story, reason: str) -> str:
    """Empty where the reader may not see it any more."""
    is_hidden = story.idea is not None and story.idea.hidden
    return "" if is_hidden and reason not in SEES_WHAT_IS_HIDDEN else story.title


def _idea(story: Story, reason: str) -> str:
    title = one_line(shown_title(story, reason), LONGEST_TITLE)
    return _("“%(title)s”") % {"title": title} if title else _("an idea that is not shown any more")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _comment_posted(story: Story, reason: str) -> str:
    words = {"name": name_of(story), "idea": _idea(story, reason)}
    match reason:
        case Reason.AUTHOR:
            return _("%(name)s commented on your idea %(idea)s.") % words
        case Reason.ANSWERED:
            return _("%(name)s answered your comment on %(idea)s.") % words
        case Reason.NAMED:
            return _("%(name)s named you in a comment on %(idea)s.") % words
    return _("%(name)s commented on %(idea)s.") % words


def _answer_posted(story: Story, reason: str) -> str:
    words = {"brand": brand_name(story), "idea": _idea(story, reason)}
    match reason:
        case Reason.AUTHOR:
            return _("%(brand)s answered your idea %(idea)s.") % words
        case Reason.ANSWERED:
            return _("%(brand)s answered your comment on %(idea)s.") % words
    return _("%(brand)s answered %(idea)s.") % words


def _status_changed(story: Story, reason: str) -> str:
    words = {"brand": brand_name(story), "idea": _idea(story, reason), "status": story.status}
    if story.decision and story.decision.before == story.decision.after:
        return _("%(brand)s says how %(idea)s stands: %(status)s.") % words
    if reason == Reason.AUTHOR:
        return _("Your idea %(idea)s is now: %(status)s.") % words
    return _sentence(_("%(idea)s is now: %(status)s.") % words)


def _vote_lapsed(story: Story, reason: str) -> str:
    return _("Your vote on %(idea)s counts no longer.") % {"idea": _idea(story, reason)}


def _idea_hidden(story: Story, reason: str) -> str:
    words = {"brand": brand_name(story), "idea": _idea(story, reason)}
    return _("The team of %(brand)s has hidden your idea %(idea)s.") % words


def _comment_hidden(story: Story, reason: str) -> str:
    words = {"brand": brand_name(story), "idea": _idea(story, reason)}
    return _("The team of %(brand)s has hidden your comment on %(idea)s.") % words


def _revision_hidden(story: Story, reason: str) -> str:
    words = {
        "brand": brand_name(story),
        "idea": _idea(story, reason),
        "n": story.activity.data.get("number"),
        "why": one_line(str(story.activity.data.get("reason", "")), LONGEST_QUOTE),
    }
    if not words["n"]:  # forgotten with the account of who wrote it
        return _("The team of %(brand)s has hidden an earlier version of %(idea)s.") % words
    return _("The team of %(brand)s has hidden version %(n)s of %(idea)s: “%(why)s”") % words


def _co_author_invited(story: Story, reason: str) -> str:
    words = {"name": _signer_name(story), "idea": _idea(story, reason)}
    return _("%(name)s invites you to sign %(idea)s as co-author.") % words


def _co_author_accepted(story: Story, reason: str) -> str:
    words = {"name": _signer_name(story), "idea": _idea(story, reason)}
    return _("%(name)s is now co-author of your idea %(idea)s.") % words


def _idea_deleted(story: Story, _reason: str) -> str:
    """They signed it: they know its title."""
    words = {"name": _signer_name(story), "idea": _idea(story, Reason.AUTHOR)}
    return _("%(name)s has deleted %(idea)s, which you signed too.") % words


def _idea_erased(story: Story, _reason: str) -> str:
    """Its title is gone, with all that its author wrote; the question is the brand's."""
    question = story.idea.challenge.title if story.idea else ""
    words = {"question": one_line(question, LONGEST_TITLE), "brand": brand_name(story)}
    return (
        _(
            "An idea on “%(question)s” at %(brand)s, which you signed too, has gone:"
            " whoever posted it has erased their account."
        )
        % words
    )


def _signer_name(story: Story) -> str:
    """Who invites or deletes, or who accepted."""
    person = story.idea.author if story.idea else None
    if story.activity.kind == "co_author.accepted":
        person = story.activity.participant
    return one_line(person.name if person else "", LONGEST_NAME) or _("Somebody")


def _owner_changed(story: Story, reason: str) -> str:
    actor = story.activity.actor
    words = {
        "name": one_line(actor.display_name if actor else "", LONGEST_NAME) or _("Somebody"),
        "idea": _idea(story, reason),
    }
    return _("%(name)s put you in charge of %(idea)s.") % words


def _note_added(story: Story, reason: str) -> str:
    author = story.note.author if story.note else None
    words = {
        "name": one_line(author.display_name if author else "", LONGEST_NAME) or _("Somebody"),
        "idea": _idea(story, reason),
    }
    return _("%(name)s named you in a note on %(idea)s.") % words


def _text_reported(story: Story, reason: str) -> str:
    words = {"idea": _idea(story, reason)}
    if story.report and story.report.comment_id:
        return _("Somebody reported a comment on %(idea)s.") % words
    return _("Somebody reported %(idea)s.") % words


def _idea_top(story: Story, reason: str) -> str:
    words = {
        "title": one_line(story.title, LONGEST_QUOTE),
        "rank": story.activity.data.get("rank", ""),
        "brand": brand_name(story),
    }
    return _("“%(title)s” rose to place %(rank)s at %(brand)s.") % words


def _idea_threshold(story: Story, reason: str) -> str:
    data = story.activity.data
    n, hours = int(data.get("figure", 0)), int(data.get("hours") or 0)
    words = {"idea": _idea(story, reason), "n": n, "hours": hours}
    if data.get("rule") == "votes":
        sentence = ngettext(
            "%(idea)s got %(n)s vote within %(hours)s h.",
            "%(idea)s got %(n)s votes within %(hours)s h.",
            n,
        )
        return _sentence(sentence % words)
    sentence = ngettext("%(idea)s has %(n)s supporter.", "%(idea)s has %(n)s supporters.", n)
    return _sentence(sentence % words)


def _idea_burst(story: Story, reason: str) -> str:
    words = {"idea": _idea(story, reason), "n": int(story.activity.data.get("figure", 0))}
    return _sentence(_("%(idea)s gets many more votes than usual: %(n)s in the last hour.") % words)


def _person_stopped(story: Story, _reason: str) -> str:
    return _("The team of %(brand)s has stopped you from taking part.") % {
        "brand": brand_name(story)
    }


def _person_allowed(story: Story, _reason: str) -> str:
    return _("You can take part at %(brand)s again.") % {"brand": brand_name(story)}


def _key_revoked(story: Story, _reason: str) -> str:
    words = {"key": key_name(story.activity), "why": why_revoked(story.activity)}
    return _("The key %(key)s works no more: %(why)s") % words


def _key_leaked(story: Story, _reason: str) -> str:
    words = {"key": key_name(story.activity), "brand": brand_name(story)}
    return _("The key %(key)s of %(brand)s stood in an address: replace it.") % words


def _handed_over(story: Story, _reason: str) -> str:
    return _("%(brand)s is yours.") % {"brand": brand_name(story)}


WHY_REVOKED: dict[str, Promise] = {
    keys.LEFT: gettext_lazy("who made it has left the team."),
    keys.REMOVED: gettext_lazy("who made it was removed from the team."),
    keys.DEMOTED: gettext_lazy("who made it is an analyst now."),
    keys.DEACTIVATED: gettext_lazy("the account that made it was closed."),
    keys.ERASED: gettext_lazy("the account that made it was deleted."),
}
AT_THE_DESK = {"note.added": "#notes", "owner.changed": ""}  # of the idea
DESK_PAGES = {"key.revoked": "keys/", "key.leaked": "keys/", "brand.handed_over": "team/"}
HEADLINES: dict[str, Callable[[Story, str], str]] = {
    "answer.posted": _answer_posted,
    "brand.handed_over": _handed_over,
    "co_author.accepted": _co_author_accepted,
    "co_author.invited": _co_author_invited,
    "comment.hidden": _comment_hidden,
    "comment.posted": _comment_posted,
    "idea.burst": _idea_burst,
    "idea.deleted": _idea_deleted,
    "idea.erased": _idea_erased,
    "idea.hidden": _idea_hidden,
    "idea.threshold": _idea_threshold,
    "idea.top": _idea_top,
    "key.leaked": _key_leaked,
    "key.revoked": _key_revoked,
    "note.added": _note_added,
    "owner.changed": _owner_changed,
    "person.allowed": _person_allowed,
    "person.stopped": _person_stopped,
    "revision.hidden": _revision_hidden,
    "status.changed": _status_changed,
    "text.reported": _text_reported,
    "vote.lapsed": _vote_lapsed,
}
