"""Why an idea stands where it does in its challenge's lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from api import parameters
from api.answers import answer, moment
from api.permissions import readable_idea
from api.v1 import described
from api.v1.operations import READING, in_query, operation
from api.views import ApiView
from ideas.domain.lists import SortHidden
from ideas.domain.why import EXPLAINED, exposure_of
from ideas.domain.why import why as reasons
from ideas.enums import Sort
from ideas.models import Idea


class TermShape(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="In plain words, in the caller's language.")
    value = serializers.FloatField(help_text="What it adds to the score.")


class ExposureShape(serializers.Serializer[Any]):
    times = serializers.IntegerField(help_text="How often lists have shown it.")
    views = serializers.FloatField(help_text="The same, weighed by place: r^-0.7.")
    votes_per_100_views = serializers.FloatField(allow_null=True)


class WhyShape(serializers.Serializer[Any]):
    idea = serializers.CharField()
    sort = serializers.ChoiceField(choices=[sort.value for sort in EXPLAINED])
    score = serializers.FloatField(allow_null=True, help_text="Null: in no version yet.")
    terms = TermShape(many=True, help_text="They add up to the score, to 0.01.")
    place = serializers.IntegerField(allow_null=True)
    ideas = serializers.IntegerField(help_text="How many ideas have a place.")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True,
        help_text="Of `best`: the share lies between these with 90%. Overlap: not separable.",
    )  # fmt: skip
    version = serializers.IntegerField(allow_null=True, help_text="Null for `hot`: it is live.")
    built_at = serializers.DateTimeField(allow_null=True)
    exposure = ExposureShape()


explained = operation(
    "why", "Why is it here?",
    "The terms of its score in its challenge's list; docs/ranking.md has the formulas. 400"
    " `sort_hidden` while counts are hidden.",
    described.IDEA,
    in_query("sort", str, "Default: discover.", "best", enum=[sort.value for sort in EXPLAINED]),
    good={200: WhyShape},
    errors=(*READING, SortHidden),
)  # fmt: skip


class Why(ApiView):
    @explained
    def get(self, request: Any, code: str) -> HttpResponse:
        idea = readable_idea(self.caller, code)
        return answer(shape(idea, wanted(request)))


def wanted(request: HttpRequest) -> Sort:
    with parameters.Query(request, "sort") as query:
        text = query.one_of("sort", [sort.value for sort in EXPLAINED])
    return Sort(text or Sort.DISCOVER)


def shape(idea: Idea, sort: Sort) -> dict[str, Any]:
    idea = idea.merged_into or idea
    found, exposure = reasons(idea=idea, sort=sort), exposure_of(idea)
    return {
        "idea": idea.code,
        "sort": sort.value,
        "score": found.score,
        "terms": [{"text": term.text, "value": term.value} for term in found.terms],
        "place": found.place,
        "ideas": found.ideas,
        "interval": list(found.interval) if found.interval else None,
        "version": found.version,
        "built_at": moment(found.built_at),
        "exposure": {
            "times": exposure["times"],
            "views": exposure["views"],
            "votes_per_100_views": exposure["per_hundred"],
        },
    }
