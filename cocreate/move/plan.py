"""What of an install is a brand's. tests/operations/test_move.py fails for a table that is neither
here nor in STAYS.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db.models import AutoField, Case, Exists, F, Field, Model, OuterRef, Q, When
from django.db.models import QuerySet as Rows

from accounts.models import Activity, Brand, Membership, User
from ideas.domain import images
from ideas.enums import EventKind
from ideas.models import Comment, Decision, Idea, Image, Revision, VoteEvent

USER = "accounts.User"
DERIVED = "Made again from what arrives."
OF_THE_INSTALL = "The install's own, or the framework's."
OF_THE_ACCOUNT = "The account's alone, whatever the brand."
SECONDS_OLD = "Of use for a day at most."


@dataclass(frozen=True)
class Table:
    """Rows that go along. `brand`: the way to their brand; `whose`: a link that may be empty, to
    the account without which a row stays; `member`: one to somebody's place in the team, whose rows
    stay where they do; `words`: columns that are written otherwise than they
    stand, by lookup; `becomes`: what a column is at the other end, in SQL over the row `r`.
    """

    label: str
    brand: str = "brand"
    whose: str = ""
    member: str = ""
    words: dict[str, Any] = field(default_factory=dict)
    becomes: dict[str, str] = field(default_factory=dict)

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def fields(self) -> "list[Field[Any, Any]]":
        return list(self.model._meta.concrete_fields)

    @property
    def columns(self) -> list[str]:
        return [str(each.column) for each in self.fields]

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def counts_by_itself(self) -> bool:
        """Whether its rows get numbers of their own at the other end."""
        return isinstance(self.model._meta.pk, AutoField)

    def links(self) -> "Iterator[tuple[str, Table | None]]":
        """Columns that name a row of another table, and that table; None: it does not go along."""
        for each in self.fields:
            if related := related_of(each):
                yield str(each.column), BY_LABEL.get(related._meta.label)

    def rows(self, brand: Brand) -> "Rows[Any]":
        found: Rows[Any] = self.model._default_manager.filter(**{self.brand: brand.pk})
        for each in self.fields:
            needed = each.name == self.whose or not each.null
            if related_of(each) is User and needed:
                found = found.filter(**{f"{each.name}__in": travellers(brand)})
        if self.member:
            goes = Q(**{f"{self.member}__user__in": travellers(brand)})
            found = found.filter(goes | Q(**{self.member: None}))
        said = {f"said_{column}": words for column, words in self.words.items()}
        names = [f"said_{c}" if c in self.words else f.attname for f, c in self._pairs()]
        found = found.order_by("pk").annotate(**said)
        return found.values_list(*names)

    def _pairs(self) -> "Iterator[tuple[Field[Any, Any], str]]":
        return zip(self.fields, self.columns, strict=True)


def related_of(field: "Field[Any, Any]") -> type[Model] | None:
    """Whose rows a column names."""
    related = field.related_model if field.is_relation else None
    assert not isinstance(related, str)  # noqa: S101 - for the type checker: models are loaded
    return related


def travellers(brand: Brand) -> "Rows[User]":
    """Accounts that go along: of its community and its team, with an address that they proved."""
    here = Q(pk__in=brand.memberships.values("user"))
    here |= Q(pk__in=brand.participant_set.exclude(user=None).values("user"))
    return User.objects.filter(has_proved("pk", "email"), here)


def has_proved(user: str, email: str) -> Exists:
    """Of a row's user: they proved the address that they sign in with."""
    proved = EmailAddress.objects.filter(verified=True, user=OuterRef(user))
    return Exists(proved.filter(email__iexact=OuterRef(email)))


# Who proved no address stays behind as an account; what they did keeps their name.
NAME = Case(
    When(
        Q(user__isnull=False) & ~has_proved("user_id", "user__email"), then=F("user__display_name")
    ),
    default=F("display_name"),
)
IF_KEY_IS_ANOTHERS = "CASE WHEN (SELECT same_key FROM arriving) THEN {0} ELSE {1} END"
# Without its maker a key would be the operator's, whom nobody can demote.
KEY_ENDS = """
    CASE WHEN (SELECT same_key FROM arriving)
              AND (r.created_by_id IS NULL OR m_created_by_id.new IS NOT NULL)
         THEN r.revoked_at ELSE coalesce(r.revoked_at, clock_timestamp()) END
"""
HANDLE = """
    CASE WHEN r.subject_kind = 'user'
         THEN coalesce((SELECT new FROM renamed WHERE old = r.subject_code), r.subject_code)
         ELSE r.subject_code END
"""
EVENTS = """
    (SELECT array_agg(m.new ORDER BY e.place)
       FROM unnest(r.events) WITH ORDINALITY AS e (seq, place)
       LEFT JOIN new_ideas_voteevent m ON m.old = e.seq)
"""
# The old place tells what happened there, so that nobody is told twice.
TOLD = {"dispatched_at": "coalesce(r.dispatched_at, clock_timestamp())", "subject_code": HANDLE}

TABLES = [
    Table("accounts.Brand", "pk", becomes={"slug": "(SELECT slug FROM arriving)"}),
    Table("accounts.FormerSlug"),
    Table("accounts.Membership"),
    Table(
        "accounts.ApiKey",
        becomes={
            "revoked_at": KEY_ENDS,
            "signing_secret": IF_KEY_IS_ANOTHERS.format("r.signing_secret", "''"),
        },
    ),
    Table(
        "accounts.Participant",
        words={"display_name": NAME},
        becomes={"mailbox": IF_KEY_IS_ANOTHERS.format("r.mailbox", "NULL")},
    ),
    Table("accounts.Invitation"),
    Table("accounts.Activity", becomes=TOLD),
    Table("ideas.Challenge"),
    Table("ideas.Rules", "challenge__brand"),
    Table("ideas.Phase", "rules__challenge__brand"),
    Table("ideas.StatusStep"),
    Table("ideas.ImportBatch"),
    Table("ideas.ImportPart", "batch__brand"),
    Table("ideas.Idea"),
    Table("ideas.SavedView", member="member"),
    Table("ideas.Image"),
    Table("ideas.Revision", "idea__brand"),
    Table(
        "ideas.CoAuthor",
        "idea__brand",
        becomes={"mailbox": IF_KEY_IS_ANOTHERS.format("r.mailbox", "''")},
    ),
    # A trigger places each where it stands, by its new number.
    Table("ideas.Comment"),
    Table("ideas.Follow", "idea__brand"),
    Table("ideas.Report"),
    Table("ideas.Note"),
    Table("ideas.Decision"),
    Table("ideas.Draft", whose="user", becomes={"secret": "NULL"}),
    Table("ideas.Vote", "idea__brand"),
    Table("ideas.VoteEvent"),
    Table("ideas.LedgerBatch", "challenge__brand", becomes={"events": EVENTS}),
    Table("ideas.VoteBudget", "challenge__brand"),
    Table("ideas.Unsettled", "idea__brand"),
    Table("ideas.TopIdea"),
    Table("ideas.AlertRule"),
    Table("ideas.Alert", "idea__brand"),
    Table("ideas.Hushed", "challenge__brand"),
    Table("ideas.Exposure", "idea__brand"),
    Table("ideas.Attendance", "challenge__brand"),
    Table("notifications.Subscription"),
    Table("notifications.Notice", "activity__brand", becomes={"digest_at": "NULL"}),
]
BY_LABEL = {each.label: each for each in TABLES}

STAYS = {
    USER: "Goes by `people`: what the brand may know of it.",
    "account.EmailAddress": "Goes with the account: the address that it signs in with.",
    "accounts.Mailbox": "Goes with the account, hashed anew with the other install's key.",
    "accounts.PersonalToken": OF_THE_ACCOUNT,
    "accounts.Session": OF_THE_ACCOUNT,
    "notifications.RefusedAddress": OF_THE_ACCOUNT,
    "notifications.Digest": "Mails that the old place has sent.",
    "notifications.Mail": "The old place sends what it has written.",
    "accounts.SpentToken": SECONDS_OLD,
    "api.KeptAnswer": SECONDS_OLD,
    "ideas.Score": DERIVED,
    "ideas.Searchable": DERIVED,
    "ideas.Recount": DERIVED,
    "ideas.OrderVersion": DERIVED,
    "ideas.OrderPlace": DERIVED,
    "ideas.OrderTouch": DERIVED,
    "insights.DailyVotes": DERIVED,
    "insights.CountedLedger": DERIVED,
    "insights.CountingPlace": OF_THE_INSTALL,
    "account.EmailConfirmation": OF_THE_INSTALL,
    "admin.LogEntry": OF_THE_INSTALL,
    "auth.Group": OF_THE_INSTALL,
    "auth.Permission": OF_THE_INSTALL,
    "contenttypes.ContentType": OF_THE_INSTALL,
}


# What the house does by itself while a brand is held (a proof that releases votes) is none of it.
VOTED = [EventKind.CAST, EventKind.CHANGE, EventKind.WITHDRAW]


def deeds_of(brand: Brand) -> dict[str, int]:
    """How much there is of what people do: with more than it took along, a brand may not go."""
    somebody = Q(actor__isnull=False) | Q(participant__isnull=False)
    return {
        "ideas": Idea.objects.filter(brand=brand).count(),
        "versions of ideas": Revision.objects.filter(idea__brand=brand).count(),
        "comments": Comment.objects.filter(brand=brand).count(),
        "decisions": Decision.objects.filter(brand=brand).count(),
        "people in the team": Membership.objects.filter(brand=brand).count(),
        "votes cast or changed": VoteEvent.objects.filter(brand=brand, kind__in=VOTED).count(),
        "things that people did": Activity.objects.filter(somebody, brand=brand).count(),
    }


def files_of(brand: Brand) -> Iterator[str]:
    """Names in the storage of all that the brand's rows show."""
    for name in ("logo", "cover"):
        if getattr(brand, name):
            yield getattr(brand, name).name
    for challenge in brand.challenges.exclude(cover=""):
        yield from (
            f"{images.COVERS}/{stem}.webp" for stem in images.cover_names(challenge).values()
        )
    for image in Image.objects.filter(brand=brand).iterator():
        yield from map(image.file_of, image.widths)


def faces_of(brand: Brand) -> Iterator[str]:
    """Those of its people."""
    faces = travellers(brand).exclude(avatar="").order_by("pk").values_list("avatar", flat=True)
    yield from faces.iterator()
