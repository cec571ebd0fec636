"""Ideas that are being written, kept word by word: nothing of them is checked before they are
posted.

A form names its idea before there is one. The name is signed, so that nobody chooses one; the
draft has it, and the idea gets it: sent twice, the form posts one idea.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand, User
from cocreate.lib.errors import DomainError, Invalid, NotFound
from cocreate.lib.text import tidy_text
from cocreate.lib.tokens import keyed_hash, new_secret, random_code, same
from ideas.models import Challenge, Draft, Idea
from ideas.models.image import MOST_IMAGES

KIND, SECRET, NAME = "cod", "draft", "draft-name"
MOST = 20  # of one person at one brand
KEPT = timedelta(days=7)  # so long what nobody took is kept
LATE = timedelta(days=1)  # so long another window may still save what was deleted
# More than an idea may have, so that what is too long is kept until it is shortened.
LONGEST = {"title": 1_000, "body": 60_000, "tags": 1_000, "language": 8}
BLANK: dict[str, Any] = {**dict.fromkeys(LONGEST, ""), "images": [], "challenge": None}
SIGNATURE = 16  # hex digits


class TooManyDrafts(DomainError):
    code, status = "too_many_drafts", 409
    message = _("You keep 20 drafts here already: post one of them, or delete one.")


class DraftGone(DomainError):
    """It was posted or deleted, in another window perhaps: what comes late must not bring it
    back.
    """

    code, status = "draft_gone", 409
    message = _("This draft was posted or deleted meanwhile.")


@dataclass(frozen=True)
class Words:
    """What somebody has typed."""

    title: str = ""
    body: str = ""
    tags: str = ""
    language: str = ""
    challenge: str = ""  # a slug of the brand, if it is one
    images: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not (self.title.strip() or self.body.strip() or self.tags.strip() or self.images)


def words_from(sent: Mapping[str, Any], images: Iterable[str] = ()) -> Words:
    """Bounded, and without what a column of text cannot hold; else as it was typed."""
    texts = {name: tidy_text(str(sent.get(name) or ""))[:n] for name, n in LONGEST.items()}
    slug = tidy_text(str(sent.get("challenge") or ""))[:50]
    codes = [code for code in images if code.isascii() and code.isalnum() and len(code) <= 12]
    return Words(**texts, challenge=slug, images=codes[:MOST_IMAGES])


# --- Names --------------------------------------------------------------------------------------


def new_name() -> str:
    """Of an idea that somebody begins to write."""
    return name_of(random_code())


def name_of(code: str) -> str:
    return f"{code}-{_signature(code)}"


def code_in(name: str) -> str:
    """The code that a form's name holds; empty for one that is not ours."""
    code, _dash, signature = name.partition("-")
    return code if code and same(_signature(code), signature) else ""


def _signature(code: str) -> str:
    return keyed_hash(code, purpose=NAME)[:SIGNATURE]


# --- Of somebody --------------------------------------------------------------------------------


@transaction.atomic
def store(*, brand: Brand, user: User, name: str, words: Words) -> Draft | None:
    """Keep what was typed so far; None where there is nothing to keep. Nothing is recorded: a draft
    is its writer's alone.

    Raises TooManyDrafts, DraftGone for one that was posted or deleted, Invalid for a name that is
    not ours.
    """
    code = code_in(name)
    if not code:
        raise Invalid
    _one_at_a_time(user)
    if Idea.objects.filter(code=code).exists():
        raise DraftGone
    draft = Draft.objects.filter(code=code).first()
    if draft is not None:
        is_theirs = draft.user_id == user.pk or (draft.user_id is None and draft.secret)
        if draft.brand_id != brand.pk or not is_theirs:
            raise DraftGone
        return _write(draft, user, _columns(brand, words))
    if words.is_blank:
        return None
    _must_have_room(brand, user)
    return Draft.objects.create(brand=brand, user=user, code=code, **_columns(brand, words))


def of(user: User, brand: Brand | None = None) -> list[Draft]:
    """Somebody's drafts, at one brand or at all, the last one first."""
    rows = Draft.objects.filter(user=user).select_related("brand", "challenge")
    rows = rows.filter(brand=brand) if brand else rows
    return [_for_its_writer(row) for row in rows.order_by("-updated_at", "-pk")]


def draft_or_404(user: User, code: str, brand: Brand | None = None) -> Draft:
    """One of their own."""
    rows = Draft.objects.filter(user=user, code=code).select_related("brand", "challenge")
    draft = (rows.filter(brand=brand) if brand else rows).first()
    if draft is None:
        raise NotFound
    return _for_its_writer(draft)


@transaction.atomic
def delete(*, user: User, code: str) -> None:
    """By hand, or because it is an idea now; nothing where it is gone already. Nobody's, which the
    form of the user names, was kept for them.

    Its name stays for a while, without a word or an owner: what another window saves late must not
    bring it back.
    """
    _one_at_a_time(user)
    rows = Draft.objects.filter(Q(user=user) | Q(user=None, secret__isnull=False), code=code)
    rows.update(user=None, secret=None, updated_at=Now(), **BLANK)


# --- Of nobody ----------------------------------------------------------------------------------


@transaction.atomic
def keep(*, slug: str, name: str, words: Words) -> str:
    """What was sent to a brand after the session had ended. Returns the secret that fetches it;
    where no brand has the address it fetches nothing, and nobody is told.
    """
    secret = new_secret(KIND)
    brand = Brand.objects.filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()
    if brand is None or words.is_blank:
        return secret
    code = code_in(name)
    taken = Draft.objects.filter(code=code).exists() or Idea.objects.filter(code=code).exists()
    # A draft that was saved on the way stays as it is: who sends this may be somebody else.
    Draft.objects.create(
        brand=brand, code=random_code() if taken or not code else code, secret=_hash(secret),
        **_columns(brand, words),
    )  # fmt: skip
    return secret


@transaction.atomic
def take(*, secret: str, user: User, code: str = "") -> Draft:
    """It becomes the user's, however many they have: nothing is lost. `code`: of the draft that
    they had begun before; then it says what was kept, which is newer. Raises NotFound.
    """
    found = kept(secret)
    held = Draft.objects.select_for_update(no_key=True, of=("self",)).filter(pk=found.pk, user=None)
    if not held.exists():
        raise NotFound
    begun = Draft.objects.filter(user=user, brand=found.brand, code=code).first()
    if begun is None:
        return _write(found, user, {})
    columns = {name: getattr(found, name) for name in (*LONGEST, "images", "challenge")}
    found.delete()
    return _write(begun, user, columns)


def kept(secret: str) -> Draft:
    """What was kept under the secret, with its brand. Raises NotFound."""
    rows = Draft.objects.filter(secret=_hash(secret), user=None, updated_at__gt=Now() - KEPT)
    draft = rows.select_related("brand", "challenge").first()
    if draft is None:
        raise NotFound
    return _for_its_writer(draft)


def sweep() -> int:
    """Delete what nobody took, and the names of what was deleted. Returns how many."""
    of_nobody = Draft.objects.filter(user=None)
    over = Q(updated_at__lte=Now() - KEPT) | Q(secret=None, updated_at__lte=Now() - LATE)
    return of_nobody.filter(over).delete()[0]


def _one_at_a_time(user: User) -> None:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _for_its_writer(draft: Draft) -> Draft:
    """Without a question that is not published."""
    if draft.challenge and not draft.challenge.is_published:
        draft.challenge = None
    return draft


def _columns(brand: Brand, words: Words) -> dict[str, Any]:
    """A question that is not published is none yet: its title is the team's."""
    texts = {name: getattr(words, name) for name in LONGEST}
    published = Challenge.objects.filter(brand=brand, published_at__isnull=False)
    challenge = published.filter(slug=words.challenge).first()
    return texts | {"images": words.images, "challenge": challenge}


def _write(draft: Draft, user: User, columns: dict[str, Any]) -> Draft:
    rows = Draft.objects.filter(pk=draft.pk)
    rows.update(user=user, secret=None, updated_at=Now(), **columns)
    return Draft.objects.select_related("brand", "challenge").get(pk=draft.pk)


def _must_have_room(brand: Brand, user: User) -> None:
    if Draft.objects.filter(brand=brand, user=user).count() >= MOST:
        raise TooManyDrafts


def _hash(secret: str) -> str:
    return keyed_hash(secret, purpose=SECRET)
