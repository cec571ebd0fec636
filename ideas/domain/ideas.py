"""Posting and changing an idea."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity
from accounts.domain.stopping import hold_active
from accounts.models import Participant, User
from cocreate.lib import grace
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.text import tidy_text
from ideas.domain import follows
from ideas.domain.challenges import state_of
from ideas.domain.votes import PhaseClosed
from ideas.enums import Verb
from ideas.models import Challenge, Idea
from ideas.models.idea import BODY_LENGTH, MAX_TAGS, TAG_LENGTH, TITLE_LENGTH

SHORTEST_TITLE = 3
REASON_LENGTH = 500  # why an idea was hidden
EDITABLE = ["title", "body", "tags", "language"]


class ChangedMeanwhile(DomainError):
    code, status = "changed_meanwhile", 412
    message = _("Somebody changed this idea while you were writing. Compare, then save again.")


class SubmitClosed(PhaseClosed):
    message = _("Ideas cannot be posted in this challenge now.")


@transaction.atomic
def post_idea(
    *,
    challenge: Challenge,
    author: Participant | None,
    actor: User | None = None,
    accept_licence: bool = False,
    **content: Any,
) -> Idea:
    """A new idea by a participant, who follows it, or by the brand itself where `author` is None.
    Records `idea.posted`.

    `content`: title, body, tags, language. Posting casts no vote. Raises Invalid with fields, or
    PhaseClosed.
    """
    if author is not None:
        hold_active(author)
    state = state_of(challenge, database_time())
    cleaned = clean(content, complete=True)
    licence = _agreed_licence(challenge, is_accepted=accept_licence)
    if not state.allows(Verb.SUBMIT):
        raise SubmitClosed
    idea = Idea.objects.create(
        brand=challenge.brand, challenge=challenge, author=author, licence=licence,
        **({"language": challenge.language} | cleaned),
    )  # fmt: skip
    if author is not None:
        follows.begin(idea=idea, participant=author)
    activity.record(
        "idea.posted",
        subject=("idea", idea.code),
        brand=challenge.brand,
        actor=actor,
        participant=author,
    )
    return idea


@transaction.atomic
def import_idea(
    *,
    challenge: Challenge,
    author: Participant,
    external_id: str,
    title: str,
    body: str,
    at: datetime,
    hidden: bool,
) -> Idea:
    """An idea from elsewhere, with its own date; the same `external_id` of a brand is the same
    idea, left as it is.
    """
    idea, _created = Idea.objects.get_or_create(
        brand=challenge.brand,
        external_id=external_id,
        defaults={
            "challenge": challenge,
            "author": author,
            "hidden": hidden,
            "language": challenge.language,
            "title": tidy_text(title)[:TITLE_LENGTH],
            "body": tidy_text(body)[:BODY_LENGTH],
            "created_at": at,
            "updated_at": at,
        },
    )
    return idea


@transaction.atomic
def edit_idea(
    *, idea: Idea, actor: User | None, revision: int | None = None, **content: Any
) -> Idea:
    """Change what is named. `revision`: the one the writer started from, else ChangedMeanwhile.
    Raises NotAllowed for an author who was stopped. Records `idea.edited`.
    """
    if actor is not None and idea.author is not None and idea.author.user_id == actor.pk:
        hold_active(idea.author)
    cleaned = clean(content, complete=False)
    rows = Idea.objects.filter(pk=idea.pk)
    if revision is not None:
        rows = rows.filter(revision=revision)
    if not rows.update(revision=F("revision") + 1, updated_at=Now(), **cleaned):
        raise ChangedMeanwhile
    idea.refresh_from_db()
    activity.record(
        "idea.edited",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        data={"fields": sorted(cleaned)},
    )
    return idea


@transaction.atomic
def set_hidden(*, idea: Idea, hidden: bool, actor: User | None, reason: str = "") -> None:
    """Take an idea out of every list, or back; nothing where it stands so already. Waits for the
    votes in flight; its votes stay. Records `idea.hidden`, whose reason its author may read, or
    `idea.shown`. Raises Invalid (reason) for one that is too long.
    """
    words = " ".join(tidy_text(reason).split())
    if len(words) > REASON_LENGTH:
        message = str(_("Keep the reason under {n} characters.")).format(n=REASON_LENGTH)
        raise Invalid(fields={"reason": [("too_long", message)]})
    changed = Idea.objects.filter(pk=idea.pk).exclude(hidden=hidden).update(hidden=hidden)
    idea.hidden = hidden
    if not changed:
        return
    activity.record(
        "idea.hidden" if hidden else "idea.shown",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        private=True,
        data={"reason": words} if hidden else None,
        wait=grace.to_tell() if hidden else None,
    )


def clean(content: dict[str, Any], *, complete: bool) -> dict[str, Any]:
    """Checked and tidied content of an idea. Raises Invalid with a sentence for each field."""
    errors: dict[str, list[tuple[str, str]]] = {}
    cleaned: dict[str, Any] = {}
    if complete or "title" in content:
        cleaned["title"] = " ".join(tidy_text(content.get("title") or "").split())
        if len(cleaned["title"]) < SHORTEST_TITLE:
            errors["title"] = [("required", str(_("Say your idea in a few words.")))]
        elif len(cleaned["title"]) > TITLE_LENGTH:
            errors["title"] = [
                ("too_long", str(_("Keep the title under {n} characters.")).format(n=TITLE_LENGTH))
            ]
    if "body" in content:
        cleaned["body"] = tidy_text(content["body"] or "").strip()
        if len(cleaned["body"]) > BODY_LENGTH:
            errors["body"] = [
                ("too_long", str(_("Keep the text under {n} characters.")).format(n=BODY_LENGTH))
            ]
    if "tags" in content:
        cleaned["tags"] = list(
            dict.fromkeys(" ".join(tidy_text(tag).lower().split()) for tag in content["tags"] or [])
        )
        cleaned["tags"] = [tag for tag in cleaned["tags"] if tag]
        if len(cleaned["tags"]) > MAX_TAGS or any(len(tag) > TAG_LENGTH for tag in cleaned["tags"]):
            message = str(_("At most {n} tags of {length} characters.")).format(
                n=MAX_TAGS, length=TAG_LENGTH
            )
            errors["tags"] = [("too_many", message)]
    if content.get("language"):
        cleaned["language"] = str(content["language"])[:8]
    if errors:
        raise Invalid(fields=errors)
    return cleaned


def _agreed_licence(challenge: Challenge, *, is_accepted: bool) -> str:
    licence = challenge.rules.licence if challenge.rules else ""
    if licence and not is_accepted:
        message = str(_("Accept the licence to post here."))
        raise Invalid(fields={"accept_licence": [("licence_required", message)]})
    return licence


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]
