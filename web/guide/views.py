"""The page of the design system, for operators: each component in each of its states, made by the
templates that the pages use.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models.brand import DEFAULT_HUE
from cocreate.lib.accents import is_own, verdicts
from cocreate.lib.colour import HUE_STEP
from cocreate.lib.errors import NotFound
from ideas.domain.statuses import DEFAULT
from ideas.models import Idea
from web.guide import samples, tokens
from web.pages import page

# What is no component, or is shown where it can be used.
NOT_SHOWN = {
    "ballot.html": "at the lower edge of a phone; the vote in it is shown by itself",
    "bottom.html": "around this page",
    "cover.html": "only a question with a picture has one",
    "demo.html": "on the front page of a demo",
    "draft.html": "above a draft, which its team sees",
    "first_name.html": "in a form, of whoever has chosen no name yet",
    "head.html": "in the head of this page",
    "idea_brief.html": "beside an idea that is being written",
    "idea_fields.html": "an idea that is being written",
    "images_crop.html": "a picture that is being sent",
    "images_field.html": "pictures are sent there, by the page for writing",
    "images_item.html": "a picture that was sent",
    "keys.html": "in the dialog of keys, of which the desk's is shown",
    "list_head.html": "in the head of pages with a list",
    "mistakes.html": "above a form that was refused",
    "picture_field.html": "in the forms for a profile, a brand and a question",
    "places.html": "around this page",
    "preview.html": "an idea that is being written",
    "reader.html": "around this page",
    "social.html": "in the head of the front page",
}
EXAMPLES = ("#ffd500", "#e3000b", "#001f5b", "#000000", "#777777")


@page
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (request.user.is_active and getattr(request.user, "is_staff", False)):
        raise NotFound
    look = wanted_look(request)
    context = in_colour(look) | in_words(look) | of_a_question(look)
    return render(request, "guide/index.html", context)


def wanted_look(request: HttpRequest) -> str:
    wanted = request.GET.get("look", "").lower()
    if wanted.isascii() and wanted.isdigit() and int(wanted) < 360:
        return wanted
    return wanted if is_own(wanted) else str(DEFAULT_HUE)


def in_colour(look: str) -> dict[str, Any]:
    return {
        "look": look,
        "hues": range(0, 360, HUE_STEP),
        "examples": EXAMPLES,
        "swatches": tokens.swatches(look),
        "pairs": list(tokens.pairs(look)),
        "verdicts": verdicts(look),
        "texts": tokens.sizes("text"),
        "spaces": tokens.sizes("s"),
        "radii": tokens.sizes("r"),
        "signs": tokens.signs(),
    }


def in_words(look: str) -> dict[str, Any]:
    return {
        "sampled": samples.brand(look),
        "vote_states": samples.votes(),
        "budgets": samples.budgets(),
        "error": samples.refused(),
        "steps": list(DEFAULT.steps.values()),
        "cards": samples.cards(),
        "rows": samples.lines(),
        "settled": samples.settled(),
        "similar": samples.similar(),
        "told": samples.told(look),
        "brands": samples.brand_cards(look),
        "names": samples.NAMES,
        "notices": samples.notices(),
        "form": samples.fields(),
        "changes": samples.rule_changes(),
        "exposure": {"times": 5120, "views": 2210.5, "per_hundred": 12.3},
    }


def of_a_question(look: str) -> dict[str, Any]:
    brand = samples.brand(look)
    about = Idea(brand=brand, code="sampletalk", title="A roof for every bench")
    return {
        "questions": samples.questions(look),
        "road": samples.road(),
        "tabs": samples.tabs(),
        "ways": samples.ways(),
        "choices": samples.choices(),
        "others": samples.others(),
        "narrowing": samples.narrowing(),
        "about": about,
        "discussed": samples.idea("talk"),
        "talk": samples.talk(brand, about),
        "state": {"hides_counts": False, "mode": "up"},
    }
