"""An idea, its people, and what becomes of what happens to it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Brand, Participant, User
from ideas.domain import comments, decisions, follows
from ideas.domain.votes import cast_as_user
from ideas.models import Comment, Idea
from notifications import tasks
from notifications.models import Mail, Notice
from tests.factories import make_idea, make_participant, make_user


@dataclass
class Scene:
    """`author` posted it, `follower` follows it, `voter` voted for it, `against` voted against it,
    `stranger` did nothing of that.
    """

    brand: Brand
    idea: Idea
    author: User
    follower: User
    voter: User
    against: User
    stranger: User
    bob: User

    def person(self, user: User) -> Participant:
        return make_participant(self.brand, user)

    def comment(self, user: User, body: str = "Good.", **over: Any) -> Comment:
        return comments.post(idea=self.idea, author=self.person(user), body=body, **over)

    def answer(self, body: str = "We will look at it.") -> Comment:
        return comments.answer(idea=self.idea, body=body, actor=self.bob)

    def decide(self, status: str = "planned", **over: Any) -> Any:
        return decisions.set_status(idea=self.idea, status=status, actor=self.bob, **over)

    def unfollow(self, user: User) -> None:
        follows.unfollow(idea=self.idea, participant=self.person(user))


def make_scene(challenge: Any, bob: User) -> Scene:
    brand = challenge.brand
    names = ("Author", "Follower", "Voter", "Against", "Stranger")
    author, follower, voter, against, stranger = (make_user(name) for name in names)
    idea = make_idea(challenge, author=make_participant(brand, author), title="Doors both ways")
    follows.follow(idea=idea, participant=make_participant(brand, follower))
    cast_as_user(code=idea.code, user_id=voter.pk, value=1)
    cast_as_user(code=idea.code, user_id=against.pk, value=-1)
    make_participant(brand, stranger)
    tasks.dispatch_activities()
    return Scene(brand, idea, author, follower, voter, against, stranger, bob)


def told(kind: str) -> dict[str, str]:
    """Dispatches; who has a notice of the kind, by name, and why."""
    tasks.dispatch_activities()
    notices = Notice.objects.filter(activity__kind=kind).select_related("user")
    rows = [(notice.user.display_name, notice.reason) for notice in notices]
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def send() -> None:
    tasks.dispatch_activities()
    tasks.send_due_mail()


def states() -> dict[str, str]:
    """Of the mails of notices, by the name of their reader."""
    rows = Mail.objects.exclude(notice=None).order_by("pk")
    return dict(rows.values_list("notice__user__display_name", "state"))
