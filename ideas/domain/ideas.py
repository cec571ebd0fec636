"""Posting and changing an idea."""

from collections.abc import Mapping, Sequence
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
from cocreate.lib.errors import DomainError, Invalid, NotAllowed
from cocreate.lib.text import tidy_text
from cocreate.lib.tokens import random_code
from ideas.domain import follows, revisions
from ideas.domain import images as gallery
from ideas.domain.challenges import State, rules_of, state_of
from ideas.domain.votes import PhaseClosed
from ideas.enums import Answer, Verb
from ideas.models import Challenge, CoAuthor, Idea, ImportBatch, Rules
from ideas.models.idea import BODY_LENGTH, MAX_TAGS, TAG_LENGTH, TITLE_LENGTH
from ideas.rules import can_edit, is_author, is_co_author

SHORTEST_TITLE = 3
REASON_LENGTH = 500  # why an idea was hidden
Problems = dict[str, list[tuple[str, str]]]
EDITABLE = ["title", "body", "tags", "language"]


class ChangedMeanwhile(DomainError):
    code, status = "changed_meanwhile", 412
    message = _("Somebody changed this idea while you were writing. Compare, then save again.")


class IdeaDeleted(DomainError):
    code, status = "idea_deleted", 409
    message = _("Its author has deleted this idea.")


class EditClosed(NotAllowed):
    """`not_allowed`, as for anybody else, with words for those who sign it."""

    message = _("This idea is decided on, or deleted: its text cannot be changed any more.")


class SubmitClosed(PhaseClosed):
    message = _("Ideas cannot be posted in this challenge now.")


@transaction.atomic
def post_idea(
    *,
    challenge: Challenge,
    author: Participant | None,
    actor: User | None = None,
    accept_licence: bool = False,
    licence_version: int | None = None,
    code: str = "",
    images: Sequence[str] = (),
    alts: Mapping[str, str] | None = None,
    **content: Any,
) -> Idea:
    """A new idea by a participant, who follows it, or by the brand itself where `author` is None.
    Records `idea.posted`.

    `content`: title, body, tags, language. `licence_version`: of the licence they read, where that
    is known. `code`: of an idea whose form named it; sent twice it is one idea. `images`, `alts`:
    as images.attach(). Posting casts no vote. Raises Invalid with fields, or PhaseClosed.
    """
    if author is not None:
        hold_active(author)
    _hold_rules(challenge)
    state = state_of(challenge, database_time())
    faults = licence_faults(challenge, is_accepted=accept_licence, version=licence_version)
    cleaned = clean(content, complete=True, beside=faults)
    if code and author is not None and (found := _posted_before(author, code)):
        if found.challenge_id == challenge.pk and _says(found, cleaned):
            return found
        code = ""  # sent again with other words or to another question, it is another idea
    _may_be_posted(faults, state)
    idea = Idea.objects.create(
        brand=challenge.brand, challenge=challenge, author=author, code=code or random_code(),
        **({"language": challenge.language} | _agreement(challenge) | cleaned),
    )  # fmt: skip
    if images:
        gallery.attach(idea=idea, codes=images, uploader=author, alts=alts)
    _begin(idea, actor)
    return idea


def _may_be_posted(faults: Problems, state: State) -> None:
    if faults:
        raise Invalid(fields=faults)
    if not state.allows(Verb.SUBMIT):
        raise SubmitClosed


def _begin(idea: Idea, actor: User | None) -> None:
    if idea.author is not None:
        follows.begin(idea=idea, participant=idea.author)
    activity.record(
        "idea.posted",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        participant=idea.author,
    )


def _posted_before(author: Participant, code: str) -> Idea | None:
    """Whoever sends the same form twice waits at hold_active(), then finds the first one here.
    Raises Invalid where the code is somebody else's, which no form of ours says.
    """
    found = Idea.objects.select_related("author").filter(code=code).first()
    if found is not None and found.author_id != author.pk:
        raise Invalid
    return found


def _says(idea: Idea, content: dict[str, Any]) -> bool:
    return all(getattr(idea, name) == value for name, value in content.items())


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
    batch: ImportBatch | None = None,
) -> Idea:
    """An idea from elsewhere, with its own date; the same `external_id` of a brand is the same
    idea, left as it is. `batch`: the import that brings it, and can be undone.
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
            "import_batch": batch,
        },
    )
    return idea


@transaction.atomic
def edit_idea(
    *,
    idea: Idea,
    actor: User | None,
    revision: int | None = None,
    images: Sequence[str] | None = None,
    alts: Mapping[str, str] | None = None,
    **content: Any,
) -> Idea:
    """Change what is named, and keep what it said before; nothing where all of it says so already.
    `revision`: the one the writer started from, else ChangedMeanwhile. `images`, `alts`: as
    images.attach(). Records `idea.edited`.

    `actor` None: a key. Raises NotAllowed for an author who was stopped and for whoever may not
    change it (any more), IdeaDeleted.
    """
    editor = _writer(idea, actor)
    if editor is not None:
        hold_active(editor)
    cleaned = clean(content, complete=False)
    held = hold(idea)
    if held.deleted_at:
        raise IdeaDeleted
    if actor is not None:
        must_be_editable(held, actor)
    must_still_be(held, revision)
    others = []
    if images is not None and _has_other_pictures(held, images, alts or {}):
        gallery.attach(idea=held, codes=images, uploader=_uploader(held, actor), alts=alts)
        others = ["images"]
    if others or not _says(held, cleaned):
        _change(held, editor, actor, cleaned, others)
    idea.refresh_from_db()
    return idea


def _change(
    held: Idea,
    editor: Participant | None,
    actor: User | None,
    cleaned: dict[str, Any],
    others: list[str],
) -> None:
    revisions.begin(held)
    rows = Idea.objects.filter(pk=held.pk)
    rows.update(revision=F("revision") + 1, updated_at=Now(), **cleaned)
    held.refresh_from_db(fields=["revision", *cleaned])
    revisions.write(idea=held, editor=editor)
    activity.record(
        "idea.edited",
        subject=("idea", held.code),
        brand=held.brand,
        actor=actor,
        data={"fields": sorted([*cleaned, *others])},
    )


def must_still_be(held: Idea, revision: int | None) -> None:
    """The revision that somebody started from; None: any. Raises ChangedMeanwhile."""
    if revision is not None and held.revision != revision:
        raise ChangedMeanwhile


def must_be_editable(idea: Idea, user: User) -> None:
    """Raises NotAllowed, which tells whoever signs it why."""
    if not can_edit(user, idea):
        raise EditClosed if is_author(user, idea) or is_co_author(user, idea) else NotAllowed


def _has_other_pictures(idea: Idea, codes: Sequence[str], alts: Mapping[str, str]) -> bool:
    now = {image.code: image.alt for image in gallery.of(idea)}
    return list(now) != list(dict.fromkeys(codes)) or any(
        gallery.clean_alt(alts[code]) != alt for code, alt in now.items() if code in alts
    )


def _uploader(idea: Idea, actor: User | None) -> Participant | None:
    """Whose pictures the actor may attach: their own, also where they write for the brand."""
    return Participant.objects.filter(brand=idea.brand_id, user=actor).first() if actor else None


def hold(idea: Idea) -> Idea:
    """Its row as it stands, and as nobody else changes it before we are done."""
    return Idea.objects.select_for_update(no_key=True, of=("self",)).get(pk=idea.pk)


def _writer(idea: Idea, actor: User | None) -> Participant | None:
    """As whom the actor writes: one of its authors, else the brand (None)."""
    if actor is None:
        return None
    if idea.author is not None and idea.author.user_id == actor.pk:
        return idea.author
    rows = CoAuthor.objects.filter(idea=idea, answer=Answer.ACCEPTED, participant__user=actor)
    found = rows.select_related("participant").first()
    return found.participant if found else None


@transaction.atomic
def set_hidden(*, idea: Idea, hidden: bool, actor: User | None, reason: str = "") -> bool:
    """Take an idea out of every list, or back; nothing where it stands so already. Of one that its
    author deleted it is said how it comes back. Waits for the votes in flight; its votes stay.
    Records `idea.hidden`, whose reason its author may read, or `idea.shown`. Returns whether that
    changed anything.

    Raises Invalid (reason) for one that is too long, IdeaDeleted for showing what its author
    deleted and nobody hid: that is theirs to take back.
    """
    words = " ".join(tidy_text(reason).split())
    if len(words) > REASON_LENGTH:
        message = str(_("Keep the reason under {n} characters.")).format(n=REASON_LENGTH)
        raise Invalid(fields={"reason": [("too_long", message)]})
    if not _hide(idea, hidden):
        return False
    activity.record(
        "idea.hidden" if hidden else "idea.shown",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        private=True,
        data={"reason": words} if hidden else None,
        wait=grace.to_tell() if hidden else None,
    )
    return True


def _hide(idea: Idea, hidden: bool) -> bool:
    """Whether that changes anything."""
    held = hold(idea)
    if held.deleted_at and not hidden and not held.hidden_meanwhile:
        raise IdeaDeleted
    name = "hidden_meanwhile" if held.deleted_at else "hidden"
    was = getattr(held, name)
    if was != hidden:
        Idea.objects.filter(pk=idea.pk).update(**{name: hidden})
        setattr(held, name, hidden)
    for known in ("hidden", "hidden_meanwhile", "deleted_at"):
        setattr(idea, known, getattr(held, known))
    return bool(was != hidden)


def clean(
    content: dict[str, Any], *, complete: bool, beside: Problems | None = None
) -> dict[str, Any]:
    """Checked and tidied content of an idea. Raises Invalid with a sentence for each field, and
    those `beside` that others have found.
    """
    errors: Problems = {}
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
        raise Invalid(fields=errors | (beside or {}))
    return cleaned


def faults_of(content: dict[str, Any]) -> Problems:
    """What clean() refuses of the fields that are named."""
    try:
        clean(content, complete=False)
    except Invalid as error:
        return dict(error.fields)
    return {}


def licence_faults(challenge: Challenge, *, is_accepted: bool, version: int | None) -> Problems:
    """Where nothing was agreed to, or another text than today's. `version`: as post_idea()."""
    rules = rules_of(challenge)
    if not rules.licence:
        return {}
    if version is not None and version != rules.licence_version:
        message = str(_("The terms changed while you were writing. Read them once more, please."))
        return {"accept_licence": [("licence_changed", message)]}
    if not is_accepted:
        message = str(_("Accept the licence to post here."))
        return {"accept_licence": [("licence_required", message)]}
    return {}


def _agreement(challenge: Challenge) -> dict[str, Any]:
    """What is kept of it."""
    rules = rules_of(challenge)
    if not rules.licence:
        return {}
    agreed = {"licence": rules.licence, "licence_version": rules.licence_version}
    return agreed | {"licence_at": Now()}


def _hold_rules(challenge: Challenge) -> None:
    """Bring it up to date. Whoever changes, closes or publishes it now waits until this idea is
    posted under the rules that it was agreed to; who was faster has changed what we go by.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rules_id, closed, published_at FROM ideas_challenge WHERE id = %s FOR SHARE",
            (challenge.pk,),
        )
        rules_id, challenge.closed, challenge.published_at = cursor.fetchone()
    if challenge.rules is None or challenge.rules.pk != rules_id:
        challenge.rules = Rules.objects.get(pk=rules_id)


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]
