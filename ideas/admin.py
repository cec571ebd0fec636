"""For operators: questions, ideas, votes and the ledger, to look at and never to change."""

from django.contrib import admin

from cocreate.lib.operators import ReadOnly
from ideas.models import Challenge, Idea, LedgerBatch, Score, Vote, VoteEvent


@admin.register(Challenge)
class ChallengeAdmin(ReadOnly):
    list_display = ("slug", "brand", "title")
    list_select_related = ("brand",)
    search_fields = ("slug__exact",)


@admin.register(Idea)
class IdeaAdmin(ReadOnly):
    list_display = ("code", "brand", "title", "status", "hidden", "closed", "created_at")
    list_select_related = ("brand",)
    search_fields = ("code__exact",)


@admin.register(Score)
class ScoreAdmin(ReadOnly):
    list_display = ("code", "support", "oppose", "points", "pending", "held", "folded_at")
    search_fields = ("idea__code__exact",)


@admin.register(Vote)
class VoteAdmin(ReadOnly):
    list_display = ("at", "idea", "participant", "value", "state", "source")
    list_select_related = ("idea", "participant")
    search_fields = ("participant__ref__exact", "idea__code__exact")


@admin.register(VoteEvent)
class VoteEventAdmin(ReadOnly):
    """The ledger. It has no door for changes, here or elsewhere."""

    list_display = ("seq", "at", "kind", "idea", "ref", "was", "value", "state", "source", "actor")
    list_select_related = ("idea",)
    search_fields = ("ref__exact",)


@admin.register(LedgerBatch)
class LedgerBatchAdmin(ReadOnly):
    list_display = ("challenge", "number", "at")
    list_select_related = ("challenge",)
    exclude = ("events",)
