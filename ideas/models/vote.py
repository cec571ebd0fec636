"""The vote, its ledger and what it costs. Written by the functions in ideas/sql/ alone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand, Participant
from ideas.enums import EventKind, Source, VoteState
from ideas.models.challenge import Challenge
from ideas.models.idea import Idea


class Vote(models.Model):
    """One row per idea and participant, for ever: a withdrawn vote keeps its row with value 0.

    No database foreign keys: they would cost a quarter of the vote and lock the idea's row.
    `cast_vote()` has checked both ends under a lock; `verify_tallies` looks for orphans.
    """

    idea = models.ForeignKey(
        Idea, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="votes"
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="votes",
    )
    counts_on = models.ForeignKey(
        Idea,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="counted_votes",
    )
    value = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=VoteState)
    source = models.CharField(max_length=10, choices=Source)
    cost = models.SmallIntegerField(
        db_default=0, help_text="What it holds of its owner's budget in `cost_period`."
    )
    cost_period = models.DateField(null=True, blank=True)
    returned = models.SmallIntegerField(
        default=0,
        db_default=0,
        help_text="What it cost before the idea took no more votes; taken again when it does.",
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "participant"], name="vote_once"),
            models.UniqueConstraint(
                fields=["counts_on", "participant"],
                condition=models.Q(state=VoteState.COUNTED),
                name="vote_counted_once",
            ),
        ]
        indexes = [
            # serves "my votes" and the join of my votes to a list
            models.Index(fields=["participant", "idea"], name="vote_of_participant"),
            # with vote_counted_once: all votes on an idea, to count them anew
            models.Index(
                fields=["counts_on"],
                condition=~models.Q(state=VoteState.COUNTED),
                name="vote_uncounted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.value:+d}"


class VoteEvent(models.Model):
    """The ledger: one row whenever a vote changes, never edited. `ref` is all it knows of a person.

    `was`… is what this row replaces, `value`… what stands from now on; only the state `counted`
    counts. `actor` is also team: somebody at the desk, for another (ideas/domain/behalf.py).
    """

    seq = models.BigAutoField(primary_key=True)
    # `xid xid8 DEFAULT pg_current_xact_id()` is added in SQL: Django knows no such type.
    brand = models.ForeignKey(
        Brand, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    challenge = models.ForeignKey(
        Challenge, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    idea = models.ForeignKey(Idea, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    counts_on = models.ForeignKey(
        Idea, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    ref = models.CharField(
        max_length=12, help_text="The participant's; empty for an imported total."
    )
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.label) for kind in EventKind])
    was = models.SmallIntegerField(db_default=0)
    was_state = models.CharField(max_length=8, null=True, choices=VoteState)  # noqa: DJ001 - NULL: there was no vote
    was_source = models.CharField(max_length=10, null=True, choices=Source)  # noqa: DJ001
    value = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=VoteState)
    source = models.CharField(max_length=10, choices=Source)
    cost = models.SmallIntegerField(
        db_default=0, help_text="Taken from the budget; negative when given back."
    )
    amount = models.IntegerField(
        db_default=1, help_text="How many votes this row stands for (imported totals)."
    )
    actor = models.CharField(max_length=20, help_text="self, key:<prefix>, import or system")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # serves unfolded_of(), the budget statement and the receipt
            models.Index(fields=["ref", "counts_on"], name="voteevent_of_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.value:+d}"


class VoteBudget(models.Model):
    """What a participant has spent in a challenge and period."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, db_index=False)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE)
    period = models.DateField(
        help_text="Its first day; 1970-01-01 for a budget that never refills."
    )
    used = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "participant", "period"], name="budget_once"
            ),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.used}"


class Unsettled(models.Model):
    """An idea that was closed, hidden or opened: not all of its voters' budgets show it yet. A
    trigger writes it; `settle_costs()` takes it away (ideas/sql/costs.sql).
    """

    idea = models.OneToOneField(Idea, primary_key=True, on_delete=models.CASCADE)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "unsettled"

    def __str__(self) -> str:
        return f"{self.idea_id}"


class Recount(models.Model):
    """An idea whose half-life changed: the next fold takes its decayed sums from its votes again. A
    trigger writes it; `fold_votes()` takes it away (ideas/sql/fold.sql).
    """

    idea = models.OneToOneField(Idea, primary_key=True, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"{self.idea_id}"


class LedgerBatch(models.Model):
    """The order in which a fold took a challenge's rows: row `events[place]` of batch `number`.
    Append-only.
    """

    challenge = models.ForeignKey(
        Challenge, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    events = ArrayField(models.BigIntegerField(), help_text="`seq` of the ledger rows, in order.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "ledger batches"
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="ledgerbatch_once")
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id} #{self.number}"


class TopIdea(models.Model):
    """An idea that stands in its brand's top, as the team was told. It leaves only beyond a
    lower place (hysteresis).
    """

    idea = models.OneToOneField(Idea, primary_key=True, on_delete=models.CASCADE)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    entered_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.idea_id}"
