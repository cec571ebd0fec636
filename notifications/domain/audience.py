"""Who hears of what, and why. Asked twice: when the notices are written, and for each mail as it
leaves: by then somebody may have left, or what it tells may be undone.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role, Visibility
from accounts.models import Activity, Brand, Membership, Participant, User
from accounts.rules import ANSWERING
from ideas.domain.owners import mark_of
from ideas.enums import Answer, ReportState, VoteState
from ideas.models import CoAuthor, Comment, Follow, Idea, Revision, Vote
from notifications.domain.mentions import handles_in, handles_in_lines
from notifications.domain.stories import Story
from notifications.enums import Reason
from notifications.models import Notice

Users = QuerySet[User]
Circle = tuple[Reason, Users]
# What nobody can be without: it leaves at once, whatever its reader chose.
ALWAYS_AT_ONCE = {
    "brand.handed_over", "key.leaked", "key.revoked", "person.allowed", "person.stopped",
}  # fmt: skip


def is_told(activity: Activity) -> bool:
    return activity.kind in AUDIENCES


def is_chosen(activity: Activity) -> bool:
    """Whether its readers choose how often they get such mail."""
    return activity.brand_id is not None and activity.kind not in ALWAYS_AT_ONCE


def circles(story: Story) -> list[Circle]:
    """The people who may hear of it now, the strongest reason first; somebody may be in several.
    None for a kind that is only a record.
    """
    find = AUDIENCES.get(story.activity.kind)
    return list(find(story)) if find else []


def reason_now(story: Story, user: User) -> Reason | None:
    """Why the user may hear of it at this moment; None: they may not."""
    for reason, users in circles(story):
        if users.filter(pk=user.pk).exists():
            return reason
    return None


# --- Of the brand -------------------------------------------------------------------------------


def team(story: Story) -> Iterator[Circle]:
    """Everybody who may open the brand's desk."""
    yield Reason.TEAM, _members(story.activity)


def owner(story: Story) -> Iterator[Circle]:
    yield Reason.OWNER, _members(story.activity, Role.OWNER)


def owner_of_what_ended(story: Story) -> Iterator[Circle]:
    """A key that somebody revoked by hand is news to nobody; one that ended by itself is."""
    if story.activity.data.get("reason"):
        yield from owner(story)


def who_answers(story: Story) -> Iterator[Circle]:
    """Until somebody of them has looked at it."""
    if story.report and story.report.state == ReportState.OPEN:
        yield Reason.TEAM, _members(story.activity, *ANSWERING)


def new_owner(story: Story) -> Iterator[Circle]:
    """Who sees to the idea now, as long as they do; nobody hears of what they did themselves."""
    idea, given = story.idea, story.activity.data.get("owner")
    if idea and idea.owner and mark_of(idea.owner) == given and _is_latest(story.activity):
        people = _open_accounts().exclude(pk=story.activity.actor_id or 0)
        yield Reason.TEAM, people.filter(pk=idea.owner.user_id)


def named_in_note(story: Story) -> Iterator[Circle]:
    """Those of the team whom it names, while it is there."""
    if story.note:
        people = _members(story.activity).exclude(pk=story.note.author_id or 0)
        yield Reason.TEAM, people.filter(handle__in=handles_in_lines(story.note.body))


# --- Of an idea ---------------------------------------------------------------------------------


def of_comment(story: Story) -> Iterator[Circle]:
    """Its idea's author and followers, whom it answers and whom it names; never who wrote it."""
    idea, comment = story.idea, story.comment
    if idea is None or comment is None or comment.hidden or comment.deleted_at:
        return
    readers = _readers(idea).exclude(pk__in=_writers(story.activity, comment))
    yield Reason.AUTHOR, readers.filter(_signs(idea))
    if comment.parent:
        yield Reason.ANSWERED, readers.filter(pk=_user_of(comment.parent.author))
    if not comment.official:
        yield Reason.NAMED, readers.filter(_takes_part(idea.brand), handle__in=_named(comment))
    yield Reason.FOLLOWER, readers.filter(_follows(idea))


def of_decision(story: Story) -> Iterator[Circle]:
    idea, decision = story.idea, story.decision
    if idea is None or decision is None or decision.undone_at:
        return
    readers = _readers(idea).exclude(pk=story.activity.actor_id or 0)
    yield Reason.AUTHOR, readers.filter(_signs(idea))
    yield Reason.FOLLOWER, readers.filter(_follows(idea))
    yield Reason.VOTER, readers.filter(_voted_for(idea))


def author_of_signed_idea(story: Story) -> Iterator[Circle]:
    """While they who accepted still sign it."""
    if story.idea and _invitation(story, Answer.ACCEPTED).exists():
        yield Reason.AUTHOR, _readers(story.idea).filter(pk=_user_of(story.idea.author))


# --- Of somebody's own --------------------------------------------------------------------------


def owner_of_vote(story: Story) -> Iterator[Circle]:
    """Unless they have voted for it again."""
    person = story.activity.participant
    lapsed = Vote.objects.filter(idea=story.idea, participant=person, state=VoteState.VOID)
    if story.idea and lapsed.exists():
        yield Reason.SELF, _who_sees(story.idea).filter(pk=_user_of(person))


def author_of_hidden_idea(story: Story) -> Iterator[Circle]:
    """They may still open it, and read why; nobody hears of what is shown again."""
    idea = story.idea
    if idea and idea.hidden and _is_latest(story.activity):
        yield Reason.AUTHOR, _who_sees(idea).filter(_signs(idea))


def who_wrote_hidden_revision(story: Story) -> Iterator[Circle]:
    """And who signs the idea, while it is hidden."""
    idea, number = story.idea, story.activity.data.get("number", 0)
    hidden = Revision.objects.filter(idea=idea, number=number, hidden=True)
    if idea and hidden.exists() and _is_latest(story.activity, "number"):
        people = _who_sees(idea).exclude(pk=story.activity.actor_id or 0)
        yield Reason.SELF, people.filter(pk=_user_of(story.activity.participant))
        yield Reason.AUTHOR, people.filter(_signs(idea))


def co_authors_of_deleted_idea(story: Story) -> Iterator[Circle]:
    """Who signs it does not find it any more; nobody hears of what its author brings back."""
    idea = story.idea
    if idea and idea.deleted_at and _is_latest(story.activity):
        people = _who_sees_brand(idea.brand).exclude(pk=_user_of(idea.author))
        yield Reason.SELF, people.filter(_signs(idea))


def co_author_of_erased_idea(story: Story) -> Iterator[Circle]:
    """One activity for each of them: who signed it is not known any more."""
    if story.idea:
        people = _who_sees_brand(story.idea.brand)
        yield Reason.SELF, people.filter(pk=_user_of(story.activity.participant))


def who_is_invited_to_sign(story: Story) -> Iterator[Circle]:
    """Until they have answered, or it was withdrawn. Who was asked by mail has the mail."""
    if story.idea and _invitation(story, Answer.WAITING).exists():
        yield Reason.SELF, _who_sees(story.idea).filter(pk=_user_of(story.activity.participant))


def author_of_hidden_comment(story: Story) -> Iterator[Circle]:
    comment, is_latest = story.comment, _is_latest(story.activity, "comment")
    if story.idea and comment and comment.hidden and not comment.deleted_at and is_latest:
        people = _who_sees_brand(story.idea.brand)
        yield Reason.SELF, people.filter(pk=_user_of(comment.author))


def who_was_stopped(story: Story) -> Iterator[Circle]:
    person = story.activity.participant
    if person and person.stopped_at and _is_latest(story.activity):
        yield Reason.SELF, _open_accounts().filter(pk=_user_of(person))


def who_was_allowed(story: Story) -> Iterator[Circle]:
    """If they were told that they were stopped."""
    person = story.activity.participant
    stops = Notice.objects.filter(activity__participant=person, activity__kind="person.stopped")
    if person and person.active and stops.exists():
        yield Reason.SELF, _open_accounts().filter(pk=_user_of(person))


AUDIENCES: dict[str, Callable[[Story], Iterator[Circle]]] = {
    "answer.posted": of_comment,
    "brand.handed_over": owner,
    "co_author.accepted": author_of_signed_idea,
    "co_author.invited": who_is_invited_to_sign,
    "comment.hidden": author_of_hidden_comment,
    "comment.posted": of_comment,
    "idea.burst": team,
    "idea.deleted": co_authors_of_deleted_idea,
    "idea.erased": co_author_of_erased_idea,
    "idea.hidden": author_of_hidden_idea,
    "idea.threshold": team,
    "idea.top": team,
    "key.leaked": owner,
    "key.revoked": owner_of_what_ended,
    "note.added": named_in_note,
    "owner.changed": new_owner,
    "person.allowed": who_was_allowed,
    "person.stopped": who_was_stopped,
    "revision.hidden": who_wrote_hidden_revision,
    "status.changed": of_decision,
    "text.reported": who_answers,
    "vote.lapsed": owner_of_vote,
}


# --- The parts ----------------------------------------------------------------------------------


def _is_latest(activity: Activity, *named: str) -> bool:
    """Whether it happened to its subject, or to that part of it, for the last time: of what was
    undone and done again while nobody was told yet, people hear once.
    """
    again = Activity.objects.filter(
        kind=activity.kind, subject_kind=activity.subject_kind,
        subject_code=activity.subject_code, pk__gt=activity.pk,
        **{f"data__{name}": activity.data.get(name) for name in named},
    )  # fmt: skip
    return not again.exists()


def _open_accounts() -> Users:
    return User.objects.filter(is_active=True)


def _members(activity: Activity, *roles: Role) -> Users:
    places = Membership.objects.filter(brand=activity.brand_id)
    if roles:
        places = places.filter(role__in=roles)
    return _open_accounts().filter(pk__in=places.values("user"))


def _who_sees_brand(brand: Brand) -> Users:
    """As BrandQuerySet.visible_to, from the reader's side."""
    if brand.visibility == Visibility.PUBLIC:
        return _open_accounts()
    admitted = Participant.objects.filter(brand=brand, admitted=True)
    return _open_accounts().filter(_is_member(brand) | Q(pk__in=_users(admitted)))


def _who_sees(idea: Idea) -> Users:
    """As ideas.rules.can_see, from the reader's side; of what its author deleted nobody hears."""
    people = _who_sees_brand(idea.brand)
    if idea.deleted_at:
        return people.none()
    return people.filter(_is_member(idea.brand) | _signs(idea)) if idea.hidden else people


def _readers(idea: Idea) -> Users:
    """Whoever may open the idea and has not said that they want to hear nothing of it."""
    noes = Follow.objects.filter(idea=idea, active=False, participant__user=OuterRef("pk"))
    return _who_sees(idea).filter(~Exists(noes))


def _signs(idea: Idea) -> Q:
    """Its author and who accepted to be one too."""
    rows = CoAuthor.objects.filter(idea=idea, answer=Answer.ACCEPTED)
    with_account = rows.filter(participant__user__isnull=False)
    return Q(pk=_user_of(idea.author)) | Q(pk__in=with_account.values("participant__user"))


def _invitation(story: Story, answer: Answer) -> "QuerySet[CoAuthor]":
    return CoAuthor.objects.filter(code=story.activity.data.get("co_author", ""), answer=answer)


def _is_member(brand: Brand) -> Q:
    return Q(pk__in=Membership.objects.filter(brand=brand).values("user"))


def _takes_part(brand: Brand) -> Q:
    people = Participant.objects.filter(brand=brand, active=True)
    return _is_member(brand) | Q(pk__in=_users(people))


def _follows(idea: Idea) -> Q:
    rows = Follow.objects.filter(idea=idea, active=True, participant__user__isnull=False)
    return Q(pk__in=rows.values("participant__user"))


def _voted_for(idea: Idea) -> Q:
    votes = Vote.objects.filter(counts_on=idea, state=VoteState.COUNTED, value__gt=0)
    return Q(pk__in=votes.filter(participant__user__isnull=False).values("participant__user"))


def _users(people: "QuerySet[Participant]") -> Any:
    return people.filter(user__isnull=False).values("user")


def _named(comment: Comment) -> list[str]:
    return handles_in(comment.body)


def _writers(activity: Activity, comment: Comment) -> list[int]:
    """Who wrote it, also where they did so for the brand."""
    ids = (_user_of(comment.author), comment.actor_id, activity.actor_id)
    return [pk for pk in ids if pk]


def _user_of(person: Participant | None) -> int:
    """0: nobody's account."""
    return (person.user_id if person else None) or 0
