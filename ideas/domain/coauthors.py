"""Who signs an idea with its author: invited by handle or by mail, and only who accepts is named.

`notifications.domain.coauthors` is the door for inviting: a link leaves by mail alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.domain import activity
from accounts.domain.participants import of_user
from accounts.domain.stopping import hold_active
from accounts.enums import Visibility
from accounts.models import Brand, Participant, User
from cocreate.lib import written
from cocreate.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.tokens import keyed_hash, new_secret
from cocreate.lib.written import SOMEBODY, SOMETHING
from ideas.domain import follows
from ideas.domain.ideas import hold
from ideas.enums import Answer
from ideas.models import CoAuthor, Idea
from ideas.rules import can_be_signed, can_see, is_author

KIND, PURPOSE = "coa", "co-author"
MOST = 10  # invited and accepted, beside the author
VALID = timedelta(days=30)  # so long a link by mail signs; then the address goes
LONGEST = 254
STANDING = [Answer.WAITING, Answer.ACCEPTED]


class InvitationGone(NotFound):
    """One sentence for all: a guess learns nothing from it."""

    code = "invitation_gone"
    message = _("This invitation is not valid any more: it was answered, withdrawn or too old.")


class AlreadyAuthor(DomainError):
    code, status = "already_author", 409
    message = _("You are an author of this idea already.")


class CannotBeSigned(DomainError):
    code, status = "cannot_be_signed", 409
    message = _(
        "Nobody can be invited now: the idea is hidden, decided on, deleted or merged into another."
    )


@dataclass(frozen=True)
class Issued:
    """An invitation; one by mail with the secret of its link: known now and never again."""

    row: CoAuthor
    secret: str = ""


@transaction.atomic
def invite(*, idea: Idea, whom: str, actor: User) -> Issued:
    """Ask somebody to sign the idea too: `@handle`, or an e-mail address, of which nobody is told
    whether an account has it. Records `co_author.invited`.

    Raises NotAllowed for anybody but the author, CannotBeSigned, Invalid (whom), TooMany.
    """
    author = _must_be_authors(idea, actor)
    hold_active(author)
    if not can_be_signed(hold(idea)):  # held: two invitations at once are counted one by one
        raise CannotBeSigned
    if CoAuthor.objects.filter(idea=idea, answer__in=STANDING).count() >= MOST:
        raise _wrong("too_many", _("An idea has 10 co-authors at most."))
    whom = whom.strip()
    if "@" in whom[1:]:
        return _invite_by_mail(idea, whom, author, actor)
    return _invite_by_handle(idea, whom.removeprefix("@"), author, actor)


@transaction.atomic
def withdraw(*, idea: Idea, code: str, actor: User) -> None:
    """The author takes back an invitation that nobody has answered; its link is dead. A no stays.
    Raises NotAllowed, NotFound.
    """
    _must_be_authors(idea, actor)
    rows = CoAuthor.objects.filter(idea=idea, code=code, answer=Answer.WAITING)
    if not rows.delete()[0]:
        raise NotFound


@transaction.atomic
def accept(*, row: CoAuthor, user: User) -> None:
    """Their name stands on the idea from now on, they may change it, and follow it. Records
    `co_author.accepted`.

    Raises InvitationGone, also where they may not see the idea (any more), AlreadyAuthor,
    NotAllowed for somebody who was stopped.
    """
    idea = row.idea
    if is_author(user, idea):
        raise AlreadyAuthor
    participant = of_user(brand=idea.brand, user=user)
    hold_active(participant)
    is_seen = can_see(user, hold(idea))  # before the row, as invite() does
    held = _waiting(row)
    if not is_seen or held.participant_id not in {None, participant.pk}:
        raise InvitationGone
    _make_place(held, participant)
    _answer(held, Answer.ACCEPTED, participant=participant)
    follows.begin(idea=idea, participant=participant)
    _record("co_author.accepted", held, user, participant)


@transaction.atomic
def decline(*, row: CoAuthor, user: User) -> None:
    """They will not be asked again by this handle, or at this address. The author sees it. Records
    `co_author.declined`. Raises InvitationGone.
    """
    held = _waiting(row)
    if held.participant is not None and held.participant.user_id != user.pk:
        raise InvitationGone
    _answer(held, Answer.DECLINED, mailbox=mailbox_key(held.email) if held.email else "")
    _record("co_author.declined", held, user, held.participant)


@transaction.atomic
def leave(*, idea: Idea, user: User) -> None:
    """Their name leaves the idea, for good or until they are asked again. Records
    `co_author.left`. Raises NotFound for somebody who is none.
    """
    rows = CoAuthor.objects.filter(idea=idea, participant__user=user, answer=Answer.ACCEPTED)
    held = rows.select_for_update(of=("self",), no_key=True).select_related("idea__brand").first()
    if held is None:
        raise NotFound
    _answer(held, Answer.ENDED)
    _record("co_author.left", held, user, held.participant)


def of(idea: Idea) -> list[Participant]:
    """Who signs it beside its author, in the order in which they were invited."""
    rows = written.objects(_signers(), {SOMETHING: idea.pk})
    return [row.participant for row in rows if row.participant]


@cache
def _signers() -> written.Written:
    rows = CoAuthor.objects.filter(idea=SOMETHING, answer=Answer.ACCEPTED)
    return written.write(rows.exclude(participant=None).select_related("participant__user"))


def invitations_of(idea: Idea) -> list[CoAuthor]:
    """All who were ever asked and did not leave again, for its author."""
    rows = CoAuthor.objects.filter(idea=idea).exclude(answer=Answer.ENDED)
    return list(rows.select_related("participant__user"))


def own(idea: Idea, user: User) -> CoAuthor | None:
    """What the user was asked by handle, or has accepted."""
    row: CoAuthor | None = written.one(_own(), {SOMETHING: idea.pk, SOMEBODY: user.pk})
    return row


@cache
def _own() -> written.Written:
    rows = CoAuthor.objects.filter(idea=SOMETHING, participant__user=SOMEBODY)
    rows = rows.filter(answer__in=STANDING).select_related("participant", "invited_by__user")
    return written.write(rows.order_by("pk"))


def by_secret(idea: Idea, secret: str) -> CoAuthor:
    """The invitation whose link this is. Raises InvitationGone."""
    rows = CoAuthor.objects.filter(idea=idea, secret=_hash(secret), answer=Answer.WAITING)
    rows = rows.exclude(at__lte=Now() - VALID)
    row = rows.select_related("invited_by__user").first()
    if row is None:
        raise InvitationGone
    return row


def signed_by_others(ideas: "QuerySet[Idea]") -> list[CoAuthor]:
    """Who of an account signs one of these too; of what its author deleted they know already."""
    rows = CoAuthor.objects.filter(idea__in=ideas.filter(deleted_at=None), answer=Answer.ACCEPTED)
    rows = rows.filter(participant__user__isnull=False)
    return list(rows.select_related("idea__brand", "participant").order_by("pk"))


def tell_of_erasing(rows: list[CoAuthor]) -> None:
    """Their ideas have gone with the account of who posted them. Records `idea.erased` for each of
    them, with no word of what it said, nor of whom. Inside the caller's transaction.
    """
    for row in rows:
        activity.record(
            "idea.erased", subject=("idea", row.idea.code), brand=row.idea.brand,
            participant=row.participant, private=True,
        )  # fmt: skip


def sweep() -> int:
    """Forget the addresses of invitations that nobody has answered in time. Returns how many."""
    rows = CoAuthor.objects.filter(answer=Answer.WAITING, at__lte=Now() - VALID)
    return rows.exclude(email="").delete()[0]


def _must_be_authors(idea: Idea, actor: User) -> Participant:
    if idea.author is None or not is_author(actor, idea) or idea.deleted_at:
        raise NotAllowed
    return idea.author


def _invite_by_mail(idea: Idea, email: str, author: Participant, actor: User) -> Issued:
    _must_be_an_address(email)
    if idea.brand.visibility != Visibility.PUBLIC:
        raise _wrong(
            "members_only", _("This community is for its members: invite them by their @handle.")
        )
    same = mailbox_key(email)
    if CoAuthor.objects.filter(idea=idea, mailbox=same).exists():
        raise _wrong("declined", _("They have declined already."))
    asked = CoAuthor.objects.filter(idea=idea).exclude(email="").values_list("email", flat=True)
    if any(mailbox_key(one) == same for one in asked):
        raise _wrong("already_invited", _("Is invited already."))
    limits.invite_co_author(user_id=actor.pk, email=email)
    secret = new_secret(KIND)
    row = CoAuthor.objects.create(
        idea=idea, email=email, secret=_hash(secret), invited_by=author
    )  # fmt: skip
    _record("co_author.invited", row, actor, None)
    return Issued(row, secret)


def _invite_by_handle(idea: Idea, handle: str, author: Participant, actor: User) -> Issued:
    user = User.objects.filter(handle=handle.lower(), is_active=True).first() if handle else None
    if user is None:
        raise _wrong("unknown", _("Nobody has this handle. Look at the address of their page."))
    if user.pk == actor.pk:
        raise _wrong("yourself", _("You are its author already."))
    _must_belong(idea.brand, user)
    limits.invite_co_author(user_id=actor.pk)
    participant = of_user(brand=idea.brand, user=user)
    row, is_new = CoAuthor.objects.get_or_create(
        idea=idea, participant=participant, defaults={"invited_by": author}
    )
    if not is_new:
        _ask_again(row)
    _record("co_author.invited", row, actor, participant)
    return Issued(row)


def _must_belong(brand: Brand, user: User) -> None:
    """An author opens no door: who may not read the idea is not asked to sign it."""
    if not Brand.objects.visible_to(user).filter(pk=brand.pk).exists():
        raise _wrong("not_a_member", _("They are no member of this community."))


def _ask_again(row: CoAuthor) -> None:
    """Somebody who left may be asked again; a no stays a no."""
    if row.answer == Answer.DECLINED:
        raise _wrong("declined", _("They have declined already."))
    if row.answer != Answer.ENDED:
        raise _wrong("already_invited", _("Is invited already."))
    CoAuthor.objects.filter(pk=row.pk).update(answer=Answer.WAITING, at=Now(), answered_at=None)


def _must_be_an_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise _wrong("invalid", _("This is neither an e-mail address nor a handle.")) from error
    if len(email) > LONGEST:
        raise _wrong("invalid", _("This is neither an e-mail address nor a handle."))


def _waiting(row: CoAuthor) -> CoAuthor:
    """As it stands, while its idea is there. Raises InvitationGone."""
    rows = CoAuthor.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("idea__brand", "idea__author", "participant")
    held = rows.filter(pk=row.pk, answer=Answer.WAITING, idea__deleted_at=None).first()
    if held is None:
        raise InvitationGone
    return held


def _make_place(held: CoAuthor, participant: Participant) -> None:
    """Who was asked twice, by handle and by mail, answers once. Raises AlreadyAuthor."""
    others = CoAuthor.objects.filter(idea=held.idea, participant=participant).exclude(pk=held.pk)
    if others.filter(answer=Answer.ACCEPTED).exists():
        raise AlreadyAuthor
    others.delete()


def _answer(held: CoAuthor, answer: Answer, **more: object) -> None:
    """The address and the link go with the answer; of a no the mailbox stays, as a keyed hash."""
    rows = CoAuthor.objects.filter(pk=held.pk)
    rows.update(answer=answer, answered_at=Now(), email="", secret=None, **more)


def _record(kind: str, row: CoAuthor, actor: User, participant: Participant | None) -> None:
    """Without the address: a record is kept, an address is somebody's."""
    activity.record(
        kind,
        subject=("idea", row.idea.code),
        brand=row.idea.brand,
        actor=actor,
        participant=participant,
        private=True,
        data={"co_author": row.code},
    )


def _wrong(code: str, message: object) -> Invalid:
    return Invalid(fields={"whom": [(code, str(message))]})


def _hash(secret: str) -> str:
    return keyed_hash(secret, purpose=PURPOSE)
