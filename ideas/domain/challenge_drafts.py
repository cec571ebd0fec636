"""What may be done to a challenge that nobody but the team sees, and how one becomes so again."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import Brand, User
from cocreate.lib.errors import DomainError
from ideas.domain import images
from ideas.domain.challenges import (
    RULE_FIELDS,
    AlreadyPublished,
    change_words,
    check_all,
    hold,
    record,
    rules_of,
    save,
    write_phases,
)
from ideas.domain.rule_checks import RESERVED_SLUGS
from ideas.models import Challenge


@transaction.atomic
def save_draft(
    *,
    challenge: Challenge,
    actor: User | None,
    words: dict[str, Any],
    rules: dict[str, Any],
    phases: Sequence[dict[str, Any]],
    revision: int | None = None,
) -> None:
    """Words and rules of a draft at once; its one version of rules is written over. Raises
    ChangedMeanwhile, AlreadyPublished, and Invalid with fields of all that is wrong.
    """
    hold(challenge, revision)
    if challenge.is_published:
        raise AlreadyPublished
    _words, content, rows = check_all(challenge.brand, challenge, words, rules, phases)
    changed = change_words(challenge, words)
    version = rules_of(challenge)
    for name, value in content.items():
        setattr(version, name, value)
    version.licence_version = int(bool(version.licence))
    version.save(update_fields=[*RULE_FIELDS, "licence_version"])
    version.phases.all().delete()
    write_phases(version, rows)
    save(challenge, changed)
    challenge.refresh_from_db(fields=["rules"])
    record("challenge.edited", challenge, actor, private=True, data={"fields": changed})


@transaction.atomic
def withdraw(*, challenge: Challenge, closed: bool, actor: User | None) -> None:
    """The team alone sees it from now on, as a draft: for a question that nobody asked and in which
    nothing is left (ideas/importers/undoing.py). Records `challenge.withdrawn`, for the team.
    """
    hold(challenge, None)
    challenge.published_at, challenge.closed = None, closed
    save(challenge, ["published_at", "closed"])
    record("challenge.withdrawn", challenge, actor, private=True)


class HasIdeas(DomainError):
    code, status = "challenge_has_ideas", 409
    message = gettext_lazy(
        "Ideas were imported into this draft. Their votes stay in the ledger, also of those that"
        " were taken back, so the draft stays too. Nobody but your team sees it."
    )


@transaction.atomic
def discard_draft(*, challenge: Challenge, actor: User | None, revision: int | None = None) -> None:
    """A draft that nobody wants goes for good, and its cover. Raises AlreadyPublished,
    ChangedMeanwhile, and HasIdeas, deleted ones included.
    """
    hold(challenge, revision)
    if challenge.is_published:
        raise AlreadyPublished
    if has_ideas(challenge):
        raise HasIdeas
    record("challenge.discarded", challenge, actor, private=True)
    if challenge.cover:
        images.set_cover(challenge=challenge, source=None, actor=actor)
    Challenge.objects.filter(pk=challenge.pk).update(rules=None)  # it protects its rules
    challenge.delete()


def has_ideas(challenge: Challenge) -> bool:
    """Or had: the deleted ones count."""
    return challenge.ideas.exists()


def free_slug(brand: Brand, wanted: str) -> str:
    """`wanted`, or with a number where the brand has such a challenge."""
    stem = wanted[:46].strip("-")
    taken = (
        set(
            Challenge.objects.filter(brand=brand, slug__startswith=stem).values_list(
                "slug", flat=True
            )
        )
        | RESERVED_SLUGS
    )
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
