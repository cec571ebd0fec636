from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now, Random

from accounts.models import Brand, Membership, Participant
from cocreate.lib.text import slug_of
from cocreate.lib.tokens import random_code
from ideas.enums import Status
from ideas.models.challenge import Challenge

TITLE_LENGTH = 300
BODY_LENGTH = 20_000
TAG_LENGTH = 40
MAX_TAGS = 10
# What has an address of its own under /i/<code>/.
TAKEN_SLUGS = {
    "authors", "comments", "delete", "edit", "follow", "history", "report", "restore", "vote",
    "why",
}  # fmt: skip


LISTED = models.Q(hidden=False, merged_into=None)


def list_index(*place: str, newest_first: bool, name: str) -> models.Index:
    """Serves the lists `new` and `random` of ideas.domain.lists."""
    order = [models.F("created_at").desc()] if newest_first else [models.F("shuffle")]
    return models.Index(
        *(models.F(field) for field in place), *order, models.F("code"), condition=LISTED, name=name
    )


def score_index(*place: str, key: str, name: str) -> models.Index:
    """Serves the list by `key` of ideas.domain.lists: highest first, ties by age, then code."""
    order = [models.F(key).desc(), models.F("created_at"), models.F("code")]
    return models.Index(
        *(models.F(field) for field in place), *order, condition=models.Q(listed=True), name=name
    )


def youngest_index(name: str) -> models.Index:
    """Serves the young ideas of ideas.domain.versions, by an order that no other index has."""
    return models.Index(
        models.F(name), models.F("id") * -1, condition=LISTED, name=f"idea_youngest_of_{name}"
    )


class IdeaQuerySet(models.QuerySet["Idea"]):
    def listed(self) -> "IdeaQuerySet":
        return self.filter(LISTED)


class Idea(models.Model):
    """What somebody proposes. Votes never write here: counters live in Score, and only the fold
    writes them.

    Whoever changes `closed`, `hidden`, `merged_into` or `challenge` waits for the votes in flight
    (ideas/sql/locks.sql).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    challenge = models.ForeignKey(
        Challenge, on_delete=models.PROTECT, related_name="ideas", db_index=False
    )
    code = models.CharField(max_length=12, unique=True, default=random_code)
    author = models.ForeignKey(
        Participant,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="ideas",
        help_text="Empty: the brand.",
    )
    owner = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, db_index=False,
        related_name="ideas_in_charge",
        help_text="Who of the team sees to it; with their place it is nobody's.",
    )  # fmt: skip
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(blank=True, max_length=BODY_LENGTH)
    language = models.CharField(max_length=8, default="en")
    tags = ArrayField(models.CharField(max_length=TAG_LENGTH), default=list, blank=True)
    status = models.CharField(
        max_length=20,
        default=Status.SUBMITTED,
        help_text="A key of its brand's graph (ideas.domain.statuses).",
    )
    closed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Nothing is cast, changed or withdrawn: what its status says, kept for the vote.",
    )
    hidden = models.BooleanField(default=False, db_default=False, help_text="By the team.")
    merged_into: "models.ForeignKey[Idea | None, Idea | None]" = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    licence = models.TextField(blank=True, help_text="As agreed when it was posted.")
    licence_version = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of its challenge's rules; empty: nothing to agree to."
    )
    licence_at = models.DateTimeField(null=True, blank=True, help_text="When it was agreed.")
    cover = models.CharField(
        max_length=12, blank=True, default="", db_default="",
        help_text="Code of its first picture, for lists (ideas.domain.images); empty: a drawing.",
    )  # fmt: skip
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="By its author, who may take that back; it is hidden then."
    )
    hidden_meanwhile = models.BooleanField(
        default=False, db_default=False,
        help_text="By the team, while it was deleted: if it comes back, it comes back hidden.",
    )  # fmt: skip
    revision = models.PositiveIntegerField(default=1)
    shuffle = models.FloatField(
        db_default=Random(), help_text="Its place on the circle of the random order."
    )
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - NULL is "none" to UNIQUE
    import_batch = models.ForeignKey(
        "ideas.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, db_index=False,
        related_name="ideas", help_text="The import that brought it; empty: posted here.",
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = IdeaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "external_id"], name="idea_external_once"),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="idea_not_into_itself"
            ),
        ]
        # The orders that no vote changes; those that votes change are on Score.
        indexes = [
            list_index("brand", newest_first=True, name="idea_new_of_brand"),
            list_index("brand", "challenge", newest_first=True, name="idea_new_of_challenge"),
            list_index("brand", newest_first=False, name="idea_random_of_brand"),
            list_index("brand", "challenge", newest_first=False, name="idea_random_of_challenge"),
            # serve the ideas that no order version places yet
            youngest_index("brand"),
            youngest_index("challenge"),
            # All of a question. One of it alone would find a search's newest hits without an order.
            models.Index(fields=["challenge", "id"], name="idea_of_challenge"),
            # serves the road map, for what came with its status from elsewhere
            models.Index(
                models.F("brand"),
                models.F("status"),
                models.F("created_at").desc(),
                models.F("code"),
                condition=LISTED & ~models.Q(status=Status.SUBMITTED),
                name="idea_of_status",
            ),
            # serves the team's list of what is hidden
            models.Index(
                models.F("brand"),
                models.F("created_at").desc(),
                models.F("code"),
                condition=models.Q(hidden=True, merged_into=None),
                name="idea_hidden_of_brand",
            ),
            # serves the team's list of what somebody sees to, and who leaves the team
            models.Index(
                fields=["owner"], condition=models.Q(owner__isnull=False), name="idea_of_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        """The readable end of its address; the code finds it, so a title may change."""
        slug = slug_of(self.title)[:60].strip("-") or "idea"
        return f"idea-{slug}" if slug in TAKEN_SLUGS else slug


class Score(models.Model):
    """Counters and sort keys of one idea, narrow because every fold writes here.

    Triggers keep the columns above `support` equal to the idea's (ideas/sql/locks.sql) and count
    `comments` (ideas/sql/talk.sql); the fold alone writes the others (ideas/sql/fold.sql).
    `for_log2` and `against_log2` are log2 of the decayed sums of votes for and against, seen from
    2025-01-01; -Infinity is an empty sum.
    """

    idea = models.OneToOneField(
        Idea, primary_key=True, on_delete=models.CASCADE, related_name="score"
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    listed = models.BooleanField(db_default=True)

    support = models.IntegerField(db_default=0)
    oppose = models.IntegerField(db_default=0)
    points = models.IntegerField(db_default=0)
    on_behalf = models.IntegerField(db_default=0)
    imported = models.IntegerField(db_default=0)
    pending = models.IntegerField(db_default=0)
    held = models.IntegerField(db_default=0)
    comments = models.IntegerField(db_default=0)
    for_log2 = models.FloatField(db_default=float("-inf"))
    against_log2 = models.FloatField(db_default=float("-inf"))
    hot = models.FloatField(db_default=0, help_text="Sort key with the challenge's half-life.")
    brand_for_log2 = models.FloatField(db_default=float("-inf"))
    brand_against_log2 = models.FloatField(db_default=float("-inf"))
    brand_hot = models.FloatField(db_default=0, help_text="Sort key with the brand's half-life.")
    folded_at = models.DateTimeField(
        null=True, blank=True, help_text="When a fold last wrote here."
    )

    class Meta:
        indexes = [
            score_index("brand", key="brand_hot", name="score_hot_of_brand"),
            score_index("brand", key="points", name="score_top_of_brand"),
            score_index("brand", key="comments", name="score_discussed_of_brand"),
            score_index("brand", "challenge", key="hot", name="score_hot_of_challenge"),
            score_index("brand", "challenge", key="points", name="score_top_of_challenge"),
            score_index("brand", "challenge", key="comments", name="score_talk_of_challenge"),
            # serves heal_recent()
            models.Index(fields=["folded_at"], name="score_folded_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(support__gte=0, oppose__gte=0, pending__gte=0, held__gte=0),
                name="score_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.support}"
