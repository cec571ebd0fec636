"""How often somebody may try: the whole policy, in one table.

Tight for a mailbox or a person, generous for an address: a school, an office or a mobile network
is one address. Nothing that goes well gives anything back. Names hold hashes only. Why so:
docs/decisions/0011-limits-stand-before-the-pages.md.
"""

import math
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import TooMany
from cocreate.lib.http import network_of
from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.ratelimit import Bucket, guard, refuse_if, seconds_to_wait, take, take_here
from cocreate.lib.tokens import keyed_hash

MINUTE, HOUR, DAY = 60, 3600, 86_400
LONGEST_ADDRESS = 320  # of an e-mail address


@dataclass(frozen=True)
class Limit:
    """`amount` in `seconds`; a window gives nothing back before its end."""

    name: str
    amount: int
    seconds: int
    is_window: bool = False

    def of(self, whose: object, cost: int = 1) -> Bucket:
        return Bucket(f"{self.name}:{whose}", self.amount, self.seconds, not self.is_window, cost)


class TooManyMails(TooMany):
    message = _(
        "This address has had several mails from us today. Look for the newest one, or try again"
        " tomorrow."
    )


class TooManyInvitations(TooMany):
    message = _("This address has had enough invitations for today. Try again tomorrow.")


# --- Signing in: with the store away each process counts for itself -------------------------------
# Who guesses at one mailbox from one place is stopped first; its owner, elsewhere, is not.
SIGN_IN_OF_MAILBOX_FROM_NETWORK = Limit("sign-in-pair", 10, 10 * MINUTE)
SIGN_IN_OF_MAILBOX = Limit("sign-in-mailbox", 30, 30 * MINUTE)
SIGN_IN_FROM_NETWORK = Limit("sign-in-network", 150, 10 * MINUTE)
SIGN_UP_FROM_NETWORK = Limit("sign-up-network", 60, 10 * MINUTE)
PASSWORD_OF_USER = Limit("password-user", 10, 10 * MINUTE)  # asked again, or changed
EMAIL_CHANGE_OF_USER = Limit("email-change-user", 20, HOUR)

# --- What could be guessed: 503 with the store away -----------------------------------------------
CODE_TRIES = 5
# Longer than any code lives, and nothing drips back: after the fifth guess the code is dead.
GUESSES_AT_CODE = Limit("code", CODE_TRIES, HOUR, is_window=True)
GUESSES_FROM_NETWORK = Limit("code-network", 150, 10 * MINUTE)
RESET_OF_MAILBOX = Limit("reset-mailbox", 3, 15 * MINUTE)
RESET_FROM_NETWORK = Limit("reset-network", 60, 10 * MINUTE)
# To come in with: a school whose pupils all vote in one lesson is one address.
CODES_FROM_NETWORK = Limit("enter-network", 60, 10 * MINUTE)
# To one's own mailbox from a session that is signed in: nobody else can use these up.
CODES_OF_USER = Limit("own-code-user", 5, HOUR)
CODES_OF_USER_A_DAY = Limit("own-code-user-day", 10, DAY, is_window=True)

# --- Mail that anybody can make us send to anybody ------------------------------------------------
MAILS_A_DAY = 5
MAILS_TO_MAILBOX = Limit("mail-mailbox", MAILS_A_DAY, DAY, is_window=True)
# All codes of a day together: asking for new ones buys no more guesses.
GUESSES_AT_MAILBOX = Limit("code-mailbox", MAILS_A_DAY * CODE_TRIES, DAY, is_window=True)

GUESSES_OF_USER = Limit("own-code-guess", MAILS_A_DAY * CODE_TRIES, DAY, is_window=True)

# --- Invitations ----------------------------------------------------------------------------------
# Nobody's mailbox is flooded, by however many brands; no brand mails half the world.
INVITATIONS_TO_MAILBOX = Limit("invitation-to", 5, DAY, is_window=True)
INVITATIONS_OF_BRAND = Limit("invitation-of", 500, DAY, is_window=True)
# Whom an author invites to sign an idea, by handle or address, over all their ideas.
CO_AUTHORS_OF_PERSON = Limit("co-author-of", 20, DAY, is_window=True)

# --- Taking part ----------------------------------------------------------------------------------
VOTES_OF_PERSON = Limit("vote", 60, MINUTE)
# Typed by somebody of a brand's team for others, at all their brands: a pile of cards from a fair,
# not a list of addresses.
VOTES_FOR_OTHERS = Limit("vote-for-others", 60, HOUR)
VOTES_FOR_OTHERS_A_DAY = Limit("vote-for-others-day", 200, DAY)
# Of one person named by a host: a session lasts for ten minutes, and a page asks for one.
WIDGET_SESSIONS_OF_PERSON = Limit("widget-session", 30, MINUTE)
IDEAS_OF_PERSON = Limit("idea-hour", 10, HOUR)
IDEAS_OF_PERSON_A_DAY = Limit("idea-day", 30, DAY)
COMMENTS_OF_PERSON = Limit("comment", 20, 10 * MINUTE)
COMMENTS_OF_PERSON_A_DAY = Limit("comment-day", 100, DAY)
EDITS_OF_PERSON = Limit("edit", 30, HOUR)  # each is kept, and shown in the history
DELETIONS_OF_PERSON = Limit("idea-delete", 10, HOUR)  # of ideas: each moves all their votes
RETURNS_OF_PERSON = Limit("idea-restore", 10, HOUR)  # its own, so that what is deleted can return
SAVES_OF_PERSON = Limit("draft-save", 60, MINUTE)  # as one types, in several windows
# What is sent after a session has ended is kept for whoever signs in from there.
KEPT_FROM_NETWORK = Limit("draft-kept", 60, HOUR)
REPORTS_OF_PERSON = Limit("report", 20, DAY)
FOLLOWS_OF_PERSON = Limit("follow", 60, MINUTE)
# Asked with every pause while somebody types a title.
SIMILAR_OF_PERSON = Limit("similar", 120, MINUTE)
SIMILAR_FROM_NETWORK = Limit("similar-network", 600, MINUTE)
EXPORTS_OF_USER = Limit("export", 3, 10 * MINUTE)
PICTURES_OF_PERSON = Limit("picture", 30, HOUR)  # each costs a process of its own for a moment
IMAGES_OF_PERSON = Limit("image-hour", 60, HOUR)  # as many as ten ideas an hour may have
IMAGES_OF_PERSON_A_DAY = Limit("image-day", 180, DAY)
# Cards of ideas that are painted anew; what is kept costs nothing.
CARDS_FROM_NETWORK = Limit("card-network", 60, MINUTE)
CARDS_OF_SITE = Limit("card", 240, MINUTE)
WRONG_CREDENTIALS_FROM_NETWORK = Limit("credential-network", 120, MINUTE)
LEAKS_OF_KEY = Limit("leak", 1, HOUR)  # how often its owner is told


def sign_in(*, email: str, address: str) -> None:
    """A password is tried for a mailbox. Raises TooMany."""
    network = _network(address)
    take(
        SIGN_IN_FROM_NETWORK.of(network),
        *(SIGN_IN_OF_MAILBOX.of(mailbox) for mailbox in _mailbox(email)),
        *(SIGN_IN_OF_MAILBOX_FROM_NETWORK.of(f"{one}:{network}") for one in _mailbox(email)),
    )


def sign_up(*, email: str, address: str) -> None:
    """Raises TooMany, also where the mailbox may get no more mail today: no code could come."""
    send_mail(email=email, cost=0)
    take(SIGN_UP_FROM_NETWORK.of(_network(address)))


def guess_code(*, code: str, email: str, address: str) -> None:
    """One guess at `code`, which names the code and the session that waits for it.

    Raises TooMany, and Unavailable with the store away.
    """
    guard(
        GUESSES_AT_CODE.of(keyed_hash(code, purpose="limits")),
        *(GUESSES_AT_MAILBOX.of(mailbox) for mailbox in _mailbox(email)),
        GUESSES_FROM_NETWORK.of(_network(address)),
    )


def guess_own_code(*, code: str, user_id: int, address: str) -> None:
    """One guess at a code for somebody who is signed in: nobody else can use up what they have.

    Raises TooMany, and Unavailable with the store away.
    """
    guard(
        GUESSES_AT_CODE.of(keyed_hash(code, purpose="limits")),
        GUESSES_OF_USER.of(user_id),
        GUESSES_FROM_NETWORK.of(_network(address)),
    )


def ask_for_reset(*, email: str, address: str) -> None:
    """Raises TooMany, and Unavailable with the store away."""
    send_mail(email=email, cost=0)
    guard(
        RESET_FROM_NETWORK.of(_network(address)),
        *(RESET_OF_MAILBOX.of(mailbox) for mailbox in _mailbox(email)),
    )


def ask_for_code(*, email: str, address: str) -> None:
    """A code to come in with is asked for. Raises TooMany, also where the mailbox may get no more
    mail today, and Unavailable with the store away.
    """
    send_mail(email=email, cost=0)
    guard(CODES_FROM_NETWORK.of(_network(address)))


def ask_for_own_code(*, user_id: int) -> None:
    """Somebody at a session that is signed in has a code sent to their own mailbox. Raises TooMany,
    and Unavailable with the store away.
    """
    guard(CODES_OF_USER.of(user_id), CODES_OF_USER_A_DAY.of(user_id))


def retype_password(*, user_id: int) -> None:
    """Somebody at a session that is signed in types the password. Raises TooMany."""
    take(PASSWORD_OF_USER.of(user_id))


def change_email(*, user_id: int, email: str) -> None:
    """Raises TooMany, also where the mailbox may get no more mail today."""
    send_mail(email=email, cost=0)
    take(EMAIL_CHANGE_OF_USER.of(user_id))


def send_mail(*, email: str, cost: int = 1) -> None:
    """One of the mails that anybody who knows an address can have sent there. With `cost` 0 only
    ask whether one would still go. Raises TooManyMails.
    """
    wait = seconds_to_wait(*(MAILS_TO_MAILBOX.of(mailbox, cost) for mailbox in _mailbox(email)))
    if wait > 0:
        raise TooManyMails(retry_after=math.ceil(wait))


def invite(*, brand_id: int, email: str) -> None:
    """A brand mails an invitation. Raises TooManyInvitations, and TooMany where the brand has sent
    enough.
    """
    mailbox = mailbox_key(email)
    if seconds_to_wait(INVITATIONS_TO_MAILBOX.of(mailbox, cost=0)) > 0:
        raise TooManyInvitations
    take(INVITATIONS_TO_MAILBOX.of(mailbox), INVITATIONS_OF_BRAND.of(brand_id))


def invite_co_author(*, user_id: int, email: str = "") -> None:
    """By handle, or with a mail to an address. Raises TooManyInvitations, and TooMany where they
    have invited enough.
    """
    if not email:
        take(CO_AUTHORS_OF_PERSON.of(user_id))
        return
    mailbox = mailbox_key(email)
    if seconds_to_wait(INVITATIONS_TO_MAILBOX.of(mailbox, cost=0)) > 0:
        raise TooManyInvitations
    take(INVITATIONS_TO_MAILBOX.of(mailbox), CO_AUTHORS_OF_PERSON.of(user_id))


def vote_as_member(*, user_id: int) -> None:
    """Raises TooMany."""
    take(VOTES_OF_PERSON.of(f"user:{user_id}"))


def vote_on_behalf(*, brand_id: int, external_id: str | None, email: str | None) -> None:
    """Somebody named by a brand's key. Raises TooMany.

    Named two ways they are in two buckets and take from both. They never take from the member's
    own: what a key claims must not keep anybody from voting.
    """
    take(*(VOTES_OF_PERSON.of(name) for name in _named(brand_id, external_id, email)))


def vote_for_somebody(*, user_id: int, brand_id: int, email: str) -> None:
    """Somebody of the team names who votes. Raises TooMany, without a word on whose limit it was:
    the named person's are those of vote_on_behalf().
    """
    take(
        *(VOTES_OF_PERSON.of(name) for name in _named(brand_id, None, email)),
        VOTES_FOR_OTHERS.of(user_id),
        VOTES_FOR_OTHERS_A_DAY.of(user_id),
    )


def open_widget_session(*, brand_id: int, external_id: str) -> None:
    """A host names one of its visitors. Raises TooMany."""
    take(*(WIDGET_SESSIONS_OF_PERSON.of(name) for name in _named(brand_id, external_id, None)))


def vote_by_widget(*, brand_id: int, external_id: str, mailbox: str | None) -> None:
    """As vote_on_behalf(), and from the same buckets; `mailbox` is the key of the address."""
    names = [*_named(brand_id, external_id, None), *([f"{brand_id}:{mailbox}"] if mailbox else [])]
    take(*(VOTES_OF_PERSON.of(name) for name in names))


def post_idea_as_member(*, user_id: int) -> None:
    """Raises TooMany."""
    _post_idea(f"user:{user_id}")


def post_idea_on_behalf(*, brand_id: int, external_id: str | None, email: str | None) -> None:
    """Raises TooMany."""
    _post_idea(*_named(brand_id, external_id, email))


def comment_as_member(*, user_id: int) -> None:
    """Raises TooMany."""
    _comment(f"user:{user_id}")


def comment_on_behalf(*, brand_id: int, external_id: str | None, email: str | None) -> None:
    """Raises TooMany."""
    _comment(*_named(brand_id, external_id, email))


def edit_idea(*, user_id: int) -> None:
    """Raises TooMany."""
    take(EDITS_OF_PERSON.of(user_id))


def delete_idea(*, user_id: int) -> None:
    """Raises TooMany."""
    take(DELETIONS_OF_PERSON.of(user_id))


def restore_idea(*, user_id: int) -> None:
    """Raises TooMany."""
    take(RETURNS_OF_PERSON.of(user_id))


def save_draft(*, user_id: int) -> None:
    """Raises TooMany."""
    take(SAVES_OF_PERSON.of(user_id))


def keep_draft(*, address: str) -> None:
    """A form comes from somebody who is not signed in any more. Raises TooMany."""
    take(KEPT_FROM_NETWORK.of(_network(address)))


def report_as_member(*, user_id: int) -> None:
    """Raises TooMany."""
    take(REPORTS_OF_PERSON.of(user_id))


def follow_as_member(*, user_id: int) -> None:
    """Raises TooMany."""
    take(FOLLOWS_OF_PERSON.of(user_id))


def look_for_similar(*, user_id: int | None, address: str) -> None:
    """Ideas like a title are looked for. Raises TooMany."""
    take(
        SIMILAR_FROM_NETWORK.of(_network(address))
        if user_id is None
        else SIMILAR_OF_PERSON.of(user_id)
    )


def change_picture(*, user_id: int) -> None:
    """A picture is to be decoded. Raises TooMany."""
    take(PICTURES_OF_PERSON.of(user_id))


def paint_card(*, address: str) -> None:
    """Raises TooMany, also where too many are painted for everybody together."""
    take(CARDS_FROM_NETWORK.of(_network(address)), CARDS_OF_SITE.of("all"))


def upload_as_member(*, user_id: int) -> None:
    """A picture for an idea is to be decoded. Raises TooMany."""
    _upload(f"user:{user_id}")


def upload_on_behalf(*, brand_id: int, external_id: str | None, email: str | None) -> None:
    """Raises TooMany."""
    _upload(*_named(brand_id, external_id, email))


def export(*, user_id: int) -> None:
    """Somebody takes a copy of all their data. Raises TooMany."""
    take(EXPORTS_OF_USER.of(user_id))


def is_leak_to_tell(*, key_id: int) -> bool:
    """Once an hour for each key."""
    return seconds_to_wait(LEAKS_OF_KEY.of(key_id)) == 0


def note_wrong_credential(*, address: str) -> None:
    take_here(WRONG_CREDENTIALS_FROM_NETWORK.of(_network(address)))


def refuse_flood_of_credentials(*, address: str) -> None:
    """Whoever sent many wrong ones waits before the next is looked up. This process counts: a key
    cannot be guessed, and a right one shall cost no round trip more. Raises TooMany.
    """
    refuse_if(take_here(WRONG_CREDENTIALS_FROM_NETWORK.of(_network(address), cost=0)))


def _post_idea(*names: str) -> None:
    limits = (IDEAS_OF_PERSON, IDEAS_OF_PERSON_A_DAY)
    take(*(limit.of(name) for name in names for limit in limits))


def _comment(*names: str) -> None:
    limits = (COMMENTS_OF_PERSON, COMMENTS_OF_PERSON_A_DAY)
    take(*(limit.of(name) for name in names for limit in limits))


def _upload(*names: str) -> None:
    limits = (IMAGES_OF_PERSON, IMAGES_OF_PERSON_A_DAY)
    take(*(limit.of(name) for name in names for limit in limits))


def _named(brand_id: int, external_id: str | None, email: str | None) -> list[str]:
    names = []
    if external_id:
        names.append(f"{brand_id}:{keyed_hash(external_id, purpose='limits')}")
    return names + [f"{brand_id}:{mailbox}" for mailbox in _mailbox(email or "")]


def _mailbox(email: str) -> list[str]:
    """Its key; none for what is no address, or all who leave the field empty would be one."""
    return [mailbox_key(email[:LONGEST_ADDRESS])] if "@" in email else []


def _network(address: str) -> str:
    return keyed_hash(network_of(address), purpose="limits")
