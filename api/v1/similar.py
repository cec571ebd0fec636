"""Ideas that say nearly the same as a text or as another idea."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Brand
from api import parameters
from api.answers import answer
from api.callers import Caller
from api.permissions import readable_brand, readable_idea
from api.throttling import limit_similar
from api.v1 import described, shapes
from api.v1.operations import in_query, operation
from api.views import ApiView
from cocreate.lib.errors import Invalid
from ideas.domain.similar import similar_to
from ideas.models.idea import TITLE_LENGTH

MOST_SIMILAR = 10


class SimilarIdea(described.ListedIdea):
    near_copy = serializers.BooleanField(help_text="Its title says nearly the same.")


class SimilarPage(serializers.Serializer[Any]):
    results = SimilarIdea(many=True, help_text="Near copies first; empty: none is like it.")


TEXT = {"type": "string", "minLength": 1, "maxLength": TITLE_LENGTH}
ABOUT = (
    "Up to 10 ideas of the brand, never hidden or merged ones. Suggestions for people, no proof."
)

of_text = operation(
    "similar_to_text", "Ideas like a text", ABOUT, described.BRAND,
    in_query("q", TEXT, "A title, or the first words of one.", "parked light", required=True),
    good={200: SimilarPage},
)  # fmt: skip
of_idea = operation(
    "similar_to_idea", "Ideas like this one", ABOUT, described.IDEA, good={200: SimilarPage}
)


class SimilarToText(ApiView):
    @of_text
    def get(self, request: Any, slug: str) -> HttpResponse:
        brand = readable_brand(self.caller, slug)
        with parameters.Query(request, "q") as query:
            text = query.tried(wanted_text, query.sent)
        return similar(request, self.caller, brand, text)


class SimilarToIdea(ApiView):
    @of_idea
    def get(self, request: Any, code: str) -> HttpResponse:
        idea = readable_idea(self.caller, code)
        parameters.read(request)
        return similar(request, self.caller, idea.brand, idea.title, but=idea.code)


def wanted_text(sent: dict[str, str]) -> str:
    text = sent.get("q", "")
    if not text.strip():
        raise Invalid(fields={"q": [("required", _("Say what to look for."))]})
    if len(text) > TITLE_LENGTH:
        message = _("At most {n} characters.").format(n=TITLE_LENGTH)
        raise Invalid(fields={"q": [("too_long", message)]})
    return text


def similar(
    request: HttpRequest, caller: Caller, brand: Brand, text: str, but: str = ""
) -> HttpResponse:
    limit_similar(request, caller)
    rows = similar_to(brand=brand, text=text, but=but, limit=MOST_SIMILAR, user_id=caller.user_id)
    results = [shapes.idea_in_list(row) | {"near_copy": row["near_copy"]} for row in rows]
    return answer({"results": results})
