"""The ideas of the demo, each with its date, whatever the round allows now."""

from typing import Any

from django.utils.text import slugify

from accounts.models import Activity, Participant
from cocreate.domain.demo.clock import ago
from cocreate.domain.demo.pictures import Shelf
from ideas.domain import challenges, follows, ideas
from ideas.enums import Answer
from ideas.models import Challenge, CoAuthor, Idea, Revision

Table = dict[str, Any]
Known = dict[str, Participant]


def post(challenge: Challenge, table: Table, known: Known, shelf: Shelf) -> Idea:
    """With its pictures and who signs it; where it was changed, what it said before is kept."""
    said = table | table.get("before", {})
    idea = ideas.import_idea(
        challenge=challenge,
        author=known[table["author"]],
        external_id=f"demo:{slugify(table['title'])}"[:200],
        title=said["title"],
        body=said.get("body", "").strip(),
        at=ago(table["days"]),
        hidden=False,
    )
    _label(idea, table)
    for name in table.get("with", []):
        _sign_too(idea, known[name])
    shelf.put_on(idea, table.get("pictures", []))
    if "before" in table:
        _reword(idea, table)
    follows.begin(idea=idea, participant=known[table["author"]])
    return idea


def _label(idea: Idea, table: Table) -> None:
    """Its words for finding, and the licence that its author agreed to."""
    rules = challenges.rules_of(idea.challenge)
    idea.tags = table.get("tags", [])
    idea.language = table.get("language", idea.challenge.language)
    idea.licence = rules.licence
    if rules.licence:
        idea.licence_version, idea.licence_at = rules.licence_version, idea.created_at
    idea.save(update_fields=["tags", "language", "licence", "licence_version", "licence_at"])


def _sign_too(idea: Idea, participant: Participant) -> None:
    """As if they had been invited by handle and had accepted on the day of the idea."""
    CoAuthor.objects.create(
        idea=idea, participant=participant, invited_by=idea.author, answer=Answer.ACCEPTED,
        at=idea.created_at, answered_at=idea.created_at,
    )  # fmt: skip
    follows.begin(idea=idea, participant=participant)


def _reword(idea: Idea, table: Table) -> None:
    """By its author, at the age that the content says."""
    at = ago(table["edited"])
    author = idea.author.user if idea.author else None
    ideas.edit_idea(
        idea=idea, actor=author, title=table["title"], body=table.get("body", "").strip()
    )
    Idea.objects.filter(pk=idea.pk).update(updated_at=at)
    Revision.objects.filter(idea=idea, number=idea.revision).update(at=at)
    Activity.objects.filter(kind="idea.edited", subject_code=idea.code).update(at=at)
