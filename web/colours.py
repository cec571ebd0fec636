"""The style sheet of a colour of a brand's own: the tokens that are made of it, and nothing else.

It is made of its address, so it is anybody's, and the same for ever.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cocreate.lib import accents

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MOMENT = "public, max-age=60"  # another release, whose tokens differ, is just being started


@require_safe
def own_colour(request: HttpRequest, design: int, digits: str) -> HttpResponse:
    look = f"#{digits}"
    made = {"hue": str(accents.hue_of(look))} | accents.tokens(look)
    lines = "; ".join(f"--{name}: {value}" for name, value in made.items())
    css = f"@layer tokens {{\n.own-{digits} {{ {lines} }}\n}}\n"
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER if design == accents.DESIGN else FOR_A_MOMENT
    return response
