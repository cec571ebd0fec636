"""Who wants to hear of an idea. A row without `active` is a no, and stays one until they say yes:
it also silences what they would hear as its author or as somebody who voted for it.
"""

from functools import cache
from typing import Any

from django.db import transaction

from accounts.models import Participant
from cocreate.lib import written
from cocreate.lib.written import SOMEBODY, SOMETHING
from ideas.models import Follow, Idea


@transaction.atomic
def follow(*, idea: Idea, participant: Participant) -> None:
    """They want to hear of it. Nothing is recorded: the row says it, to them alone."""
    _say(idea, participant, active=True)


@transaction.atomic
def unfollow(*, idea: Idea, participant: Participant) -> None:
    """They hear nothing of it any more, whyever they did."""
    _say(idea, participant, active=False)


def begin(*, idea: Idea, participant: Participant) -> None:
    """Whoever posts or comments follows, unless they said no before. Inside the caller's
    transaction.
    """
    row = Follow(idea=idea, participant=participant)
    Follow.objects.bulk_create([row], ignore_conflicts=True)


def follows(*, idea: Idea, user: Any) -> bool:
    if not user.pk:
        return False
    return written.first(_of_member(), {SOMETHING: idea.pk, SOMEBODY: user.pk}) is not None


@cache
def _of_member() -> written.Written:
    rows = Follow.objects.filter(idea=SOMETHING, active=True, participant__user=SOMEBODY)
    return written.write(rows.values("pk"))


def _say(idea: Idea, participant: Participant, *, active: bool) -> None:
    Follow.objects.bulk_create(
        [Follow(idea=idea, participant=participant, active=active)],
        update_conflicts=True,
        unique_fields=["participant", "idea"],
        update_fields=["active"],
    )
