"""GET brands/{slug}/challenges/{challenge}/statement/: a member's own debits and credits."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from accounts.enums import Scope
from api import parameters
from api.answers import answer, moment
from api.permissions import known_brand
from api.v1 import described, examples
from api.v1.operations import CREDENTIALS, READING, in_path, operation
from api.views import ApiView
from cocreate.lib.errors import NotAllowed, SignInRequired
from cocreate.lib.pages import BadCursor
from ideas.access import challenge_or_404
from ideas.domain.budgets import budget_of
from ideas.domain.statement import EVER, Line, Statement, Total, statement_of
from ideas.domain.votes import Budget
from ideas.enums import EventKind, Source

PERIOD = "The first day (UTC) of the period that paid; null: the whole challenge is one period."


class LineShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(EventKind.choices, help_text="What happened.")
    source = serializers.ChoiceField(Source.choices, help_text="Who cast the vote.")
    idea = serializers.CharField()
    title = serializers.CharField(help_text="Empty for an idea that is not shown any more.")
    was = serializers.IntegerField(help_text="The value of the vote before; 0: none.")
    value = serializers.IntegerField(help_text="And after.")
    cost = serializers.IntegerField(help_text="Above 0 a debit, below 0 a credit; 0: it lapsed.")
    used = serializers.IntegerField(help_text="What was spent of the period after it.")
    period = serializers.DateField(allow_null=True, help_text=PERIOD)


class TotalShape(serializers.Serializer[Any]):
    period = serializers.DateField(allow_null=True, help_text=PERIOD)
    paid = serializers.IntegerField()
    returned = serializers.IntegerField()
    used = serializers.IntegerField(help_text="`paid` without `returned`.")


class StatementPage(serializers.Serializer[Any]):
    budget = described.BudgetShape(allow_null=True, help_text="As it is now; null: no limit.")
    totals = TotalShape(many=True, help_text="Of every period, the latest first.")
    results = LineShape(many=True, help_text="Latest first.")
    next = serializers.CharField(
        allow_null=True, help_text="The cursor of the next page; null: this is the last."
    )


own = operation(
    "statement", "What I have spent",
    "Every debit and credit of the member's votes in a challenge. What one event wrote stays"
    " together, so that a page may have a line more than `limit`.",
    described.BRAND,
    in_path("challenge", "^[a-z0-9-]{1,50}$", "The challenge.", examples.CHALLENGE["slug"]),
    described.CURSOR, described.HOW_MANY,
    good={200: StatementPage}, errors=(*READING, SignInRequired, BadCursor),
    auth=CREDENTIALS,
)  # fmt: skip


class OwnStatement(ApiView):
    @own
    def get(self, request: Any, slug: str, challenge: str) -> HttpResponse:
        self.caller.must_be_known()
        brand = known_brand(self.caller, slug)
        self.caller.must_have(Scope.READ)
        user = self.caller.user
        if user is None:  # a key has no budget of its own
            raise NotAllowed
        found = challenge_or_404(brand, challenge, user)
        with parameters.Query(request, "cursor", "limit") as query:
            limit, cursor = query.limit(), query.cursor()
        told = statement_of(challenge=found, user_id=user.pk, cursor=cursor, limit=limit)
        return answer(shape(told, budget_of(challenge=found, user_id=user.pk)))


def shape(told: Statement, budget: Budget | None) -> dict[str, Any]:
    return {
        "budget": budget.as_json() if budget else None,
        "totals": [total(one) for one in told.totals],
        "results": [line(one) for one in told.lines.items],
        "next": told.lines.next,
    }


def line(one: Line) -> dict[str, Any]:
    return {
        "at": moment(one.at),
        "kind": one.kind,
        "source": one.source,
        "idea": one.code,
        "title": one.title,
        "was": one.was,
        "value": one.value,
        "cost": one.cost,
        "used": one.used,
        "period": day(one.period),
    }


def total(one: Total) -> dict[str, Any]:
    return {
        "period": day(one.period),
        "paid": one.paid,
        "returned": one.returned,
        "used": one.used,
    }


def day(period: date) -> str | None:
    return None if period == EVER else period.isoformat()
