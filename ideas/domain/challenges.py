"""Questions and their rules: rules are versions, never edited, so that what held when a vote was
cast can be read. A draft, which only the team sees, has one version that changes with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.forms.models import model_to_dict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import Brand, User
from cocreate.lib.errors import DomainError, Invalid, NotFound
from ideas.domain.rule_checks import clean_phases, clean_reason, clean_rules, clean_words, together
from ideas.enums import Mode, Verb, Voters
from ideas.models import Challenge, Phase, Rules
from ideas.models.challenge import PERMANENT_SLUG

ALL_VERBS = [Verb.SUBMIT, Verb.VOTE, Verb.COMMENT]
WORDS = ["title", "body", "language", "slug"]
RULE_FIELDS = [
    "mode", "max_points", "budget", "budget_period", "half_life", "licence", "who_votes",
    "votes_leave",
]  # fmt: skip
PHASE_FIELDS = ["title", "opens_at", "closes_at", "verbs", "hides_counts"]
AT_HAND = [*WORDS, "rules", "closed", "published_at", "revision"]


class ChangedMeanwhile(DomainError):
    code, status = "changed_meanwhile", 412
    message = gettext_lazy(
        "Somebody of your team changed this question while you were writing. Nothing is lost: what"
        " you wrote is below. Compare, then save again."
    )


class AlreadyPublished(DomainError):
    code, status = "already_published", 409
    message = gettext_lazy("This question is public already.")


class PermanentRules(DomainError):
    code, status = "permanent", 409
    message = gettext_lazy("The rules of the permanent question stay as they are.")


@dataclass(frozen=True)
class State:
    """What a challenge allows at a moment. For display: a vote is judged by the database at its
    own time.
    """

    mode: Mode
    max_points: int
    budget: int | None
    verbs: frozenset[str]
    hides_counts: bool
    phases: list[Phase]
    current: Phase | None
    who_votes: Voters = Voters.EVERYBODY
    challenge: Challenge | None = None

    def allows(self, verb: Verb) -> bool:
        return verb in self.verbs

    def would_allow(self, verb: Verb) -> bool:
        """Were the challenge public now: for the preview of a draft."""
        now = timezone.now()
        return any(verb in phase.verbs for phase in self.phases if phase.is_open_at(now))


def state_of(challenge: Challenge, moment: datetime | None = None) -> State:
    """Read from `challenge.rules.phases`: prefetch them where there are many. A draft and what is
    closed allow nothing.
    """
    moment = moment or timezone.now()
    rules = rules_of(challenge)
    phases = list(rules.phases.all())
    running = [phase for phase in phases if phase.is_open_at(moment)]
    is_open = challenge.is_published and not challenge.closed
    return State(
        mode=Mode(rules.mode),
        max_points=rules.max_points,
        budget=rules.budget,
        verbs=frozenset(verb for phase in running for verb in phase.verbs if is_open),
        hides_counts=any(phase.hides_counts for phase in running),
        phases=phases,
        current=running[-1] if running else None,
        who_votes=Voters(rules.who_votes),
        challenge=challenge,
    )


def rules_of(challenge: Challenge) -> Rules:
    """Those in force."""
    rules = challenge.rules
    assert rules is not None  # noqa: S101 - create_challenge() sets them in the same transaction
    return rules


def content_of(rules: Rules) -> dict[str, Any]:
    """What a version says, without its phases."""
    return model_to_dict(rules, RULE_FIELDS)


def phases_of(rules: Rules) -> list[dict[str, Any]]:
    """Of a version, in the form in which verbs are given them."""
    rows = [model_to_dict(phase, PHASE_FIELDS) for phase in rules.phases.all()]
    return [row | {"verbs": [verb for verb in Verb.values if verb in row["verbs"]]} for row in rows]


@transaction.atomic
def create_challenge(
    *,
    brand: Brand,
    slug: str,
    title: str,
    actor: User | None,
    body: str = "",
    language: str | None = None,
    phases: Sequence[dict[str, Any]] | None = None,
    published: bool = True,
    **rules: Any,
) -> Challenge:
    """A question with version 1 of its rules, public at once or a draft. Without phases everything
    is allowed, always. Raises Invalid with fields.

    Records `challenge.created`; that of a draft is for the team.
    """
    words = {"slug": slug, "title": title, "body": body, "language": language or brand.language}
    phases = [{"title": str(_("Open")), "verbs": ALL_VERBS}] if phases is None else phases
    cleaned, content, rows = check_all(brand, None, words, rules, phases)
    challenge = Challenge(brand=brand, **cleaned, published_at=Now() if published else None)
    _save_new(challenge)
    licence = int(bool(content["licence"]))
    _adopt(challenge, _new_version(challenge, 1, actor, content, rows, licence_version=licence))
    record("challenge.created", challenge, actor, private=not published)
    return challenge


def create_permanent(*, brand: Brand, actor: User | None) -> Challenge:
    """The `open` challenge that every brand has: up and down, no budget, no end.

    It speaks the brand's language, whoever creates it.
    """
    with translation.override(brand.language):
        title = str(_("What should {brand} do next?")).format(brand=brand.name)
        return create_challenge(
            brand=brand, slug=PERMANENT_SLUG, title=title, actor=actor, mode=Mode.UP_DOWN
        )


@transaction.atomic
def edit_challenge(
    *, challenge: Challenge, actor: User | None, revision: int | None = None, **words: Any
) -> list[str]:
    """Save what differs of title, body, language and slug, and return the names of it. Links lead
    to a published challenge: its slug stays. `revision`: the one the writer started from.

    Raises ChangedMeanwhile, and Invalid with fields. Records `challenge.edited`, where something
    changed.
    """
    hold(challenge, revision)
    changed = change_words(challenge, words)
    if changed:
        save(challenge, changed)
        is_draft = not challenge.is_published
        record("challenge.edited", challenge, actor, private=is_draft, data={"fields": changed})
    return changed


@transaction.atomic
def publish(*, challenge: Challenge, actor: User | None, revision: int | None = None) -> None:
    """From now on everybody sees it, for good. Raises AlreadyPublished, ChangedMeanwhile, and
    Invalid (phases) where all is over before it begins. Records `challenge.published`.
    """
    hold(challenge, revision)
    if challenge.is_published:
        raise AlreadyPublished
    now = database_time()
    ends = [phase.closes_at for phase in rules_of(challenge).phases.all()]
    if all(end is not None and end <= now for end in ends):
        message = _("Every phase is over already: nobody could do anything.")
        raise Invalid(fields={"phases": [("over", message)]})
    challenge.published_at = now
    save(challenge, ["published_at"])
    record("challenge.published", challenge, actor)


@transaction.atomic
def change_rules(
    *,
    challenge: Challenge,
    actor: User | None,
    phases: Sequence[dict[str, Any]] | None = None,
    reason: str = "",
    revision: int | None = None,
    **changes: Any,
) -> Rules:
    """A new version: what is not named stays. Where nothing differs, there is none. Somebody who
    changes what is public says why. Waits for the votes in flight. Records
    `challenge.rules_changed`.

    The licence's version counts up where its text is another one. A new half-life is counted by
    the next folds (ideas/sql/recount.sql). Raises ChangedMeanwhile, PermanentRules, and Invalid.
    """
    hold(challenge, revision)
    if challenge.is_permanent:
        raise PermanentRules
    old = rules_of(challenge)
    wanted = phases_of(old) if phases is None else phases
    _words, content, rows = check_all(challenge.brand, challenge, {}, changes, wanted)
    if content == content_of(old) and rows == phases_of(old):
        return old
    why = clean_reason(reason, required=actor is not None and challenge.is_published)
    _wait_for_votes(challenge)
    number = (challenge.versions.aggregate(last=Max("version"))["last"] or 0) + 1
    licence = old.licence_version + _is_new_licence(content["licence"], old)
    new = _new_version(challenge, number, actor, content, rows, reason=why, licence_version=licence)
    _adopt(challenge, new)
    changed = {name: str(value) for name, value in changes.items()}
    data = {"version": number, "changes": changed} | ({"reason": why} if why else {})
    record("challenge.rules_changed", challenge, actor, data=data)
    return new


@transaction.atomic
def set_closed(
    *,
    challenge: Challenge,
    closed: bool,
    actor: User | None,
    revision: int | None = None,
    as_it_came: bool = False,
) -> bool:
    """Close or reopen it, whatever its dates say, behind the votes in flight; whether that changed
    anything. `as_it_came`: imported so. Records `challenge.closed` or `challenge.reopened`.
    """
    hold(challenge, revision)
    if challenge.closed == closed:
        return False
    challenge.closed = closed
    save(challenge, ["closed"])
    kind = "challenge.closed" if closed else "challenge.reopened"
    record(kind, challenge, actor, data={"as_it_came": True} if as_it_came else None)
    return True


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def hold(challenge: Challenge, revision: int | None) -> None:
    """Until the end of the transaction it is ours to change, and as it is now. No vote waits for
    this; an idea that is posted meanwhile does, to obey the rules that follow. Raises NotFound and
    ChangedMeanwhile.
    """
    rows = Challenge.objects.select_for_update(no_key=True).filter(pk=challenge.pk)
    today = rows.values_list("revision", flat=True).first()
    if today is None:
        raise NotFound
    challenge.refresh_from_db(fields=AT_HAND)
    if revision is not None and revision != today:
        raise ChangedMeanwhile


def _wait_for_votes(challenge: Challenge) -> None:
    """Before the version gets its date: each vote is older, or meets the new rules. The triggers
    of ideas/sql/locks.sql wait for the same lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(vote_lock_key(3, %s))", [challenge.pk])


def _save_new(challenge: Challenge) -> None:
    try:
        with transaction.atomic():
            challenge.save(force_insert=True)
    except IntegrityError as error:
        raise _slug_taken() from error
    challenge.refresh_from_db(fields=["published_at"])


def save(challenge: Challenge, fields: Sequence[str]) -> None:
    challenge.revision = F("revision") + 1
    try:
        with transaction.atomic():
            challenge.save(update_fields=[*fields, "revision"])
    except IntegrityError as error:
        raise _slug_taken() from error
    challenge.refresh_from_db(fields=["revision"])


def _slug_taken() -> Invalid:
    """Somebody was faster."""
    message = _("Another question of yours has this address.")
    return Invalid(fields={"slug": [("taken", message)]})


def change_words(challenge: Challenge, words: dict[str, Any]) -> list[str]:
    """Set what differs, and return the names of it. Raises Invalid."""
    changed = differing(challenge, words)
    if "slug" in changed and challenge.is_published:
        message = _("Links lead to this question: its address stays.")
        raise Invalid(fields={"slug": [("published", message)]})
    for name, value in changed.items():
        setattr(challenge, name, value)
    return list(changed)


def differing(challenge: Challenge, words: dict[str, Any]) -> dict[str, Any]:
    """Of the words those that are others than today's, tidied. Raises Invalid."""
    cleaned = clean_words(challenge.brand, words, own=challenge.pk)
    return {name: value for name, value in cleaned.items() if getattr(challenge, name) != value}


def check_all(
    brand: Brand,
    challenge: Challenge | None,
    words: dict[str, Any],
    rules: dict[str, Any],
    phases: Sequence[dict[str, Any]],
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """The words that are named, the whole rules, and the phases, tidied; a rule that is not named
    is as it is today, or in a new challenge as the model has it. Raises Invalid with all that is
    wrong.
    """
    today = content_of(rules_of(challenge) if challenge else Rules())
    own = challenge.pk if challenge else None
    cleaned, content, rows = together(
        lambda: clean_words(brand, words, own=own),
        lambda: clean_rules(known(today | rules)),
        lambda: clean_phases(phases),
    )
    return cleaned, content, rows


def known(rules: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(rules) - set(RULE_FIELDS))
    if unknown:
        raise Invalid(fields={name: [("unknown", _("There is no such rule."))] for name in unknown})
    return rules


def _is_new_licence(text: str, old: Rules) -> bool:
    return bool(text) and text != old.licence


def _new_version(
    challenge: Challenge,
    number: int,
    actor: User | None,
    content: dict[str, Any],
    phases: Sequence[dict[str, Any]],
    **more: Any,
) -> Rules:
    version = Rules(
        challenge=challenge, version=number, created_by=actor, created_at=database_time(),
        **content, **more,
    )  # fmt: skip
    version.save(force_insert=True)
    write_phases(version, phases)
    return version


def write_phases(version: Rules, phases: Sequence[dict[str, Any]]) -> None:
    for place, phase in enumerate(phases):
        Phase.objects.create(rules=version, place=place, **phase)


def _adopt(challenge: Challenge, version: Rules) -> None:
    challenge.rules = version
    save(challenge, ["rules"])


def record(
    kind: str,
    challenge: Challenge,
    actor: User | None,
    *,
    private: bool = False,
    data: dict[str, Any] | None = None,
) -> None:
    activity.record(
        kind,
        subject=("challenge", challenge.slug),
        brand=challenge.brand,
        actor=actor,
        private=private,
        data=data,
    )
