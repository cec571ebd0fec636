"""Pages that a browser may fetch while a pointer still rests on their link
(docs/decisions/0090-the-next-page-comes-ahead.md).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

KEPT_SECONDS = 3600
# Pages that are read and that count nobody. A brand's page and a question's note whom they have
# shown their ideas to, and a page that came ahead is shown without anybody hearing of it.
READ = ("/", "/i/:code/:slug/", "/u/:handle/", "/b/:slug/roadmap/")
# What else stands where an idea has its title. A test compares this with all addresses.
ACTS = (
    "authors", "comments", "delete", "edit", "follow",
    "history", "report", "restore", "vote", "why",
)  # fmt: skip
RULE = {
    "where": {
        "and": [
            # With a query it may be an address that a script shortens at the press: in vain.
            {"href_matches": [{"pathname": path, "search": ""} for path in READ]},
            {"not": {"href_matches": [f"/i/:code/{act}/" for act in ACTS]}},
        ]
    },
    "eagerness": "moderate",
}


@require_safe
def rules(request: HttpRequest) -> JsonResponse:
    """Nothing comes ahead to whoever saves data."""
    saves = request.headers.get("Save-Data", "").lower() == "on"
    facts: dict[str, Any] = {"prefetch": [] if saves else [RULE]}
    response = JsonResponse(facts, content_type="application/speculationrules+json")
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    patch_vary_headers(response, ["Save-Data"])
    return response


def say_what_may_come_ahead(request: HttpRequest, response: HttpResponseBase) -> None:
    """To visitors: a member's page shows their own votes, and one that came before a press on the
    page before it would show them as they were.
    """
    is_page = isinstance(response, HttpResponse) and response.status_code == 200
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and is_html and not request.user.is_authenticated:
        response.headers["Speculation-Rules"] = f'"{reverse("ahead")}"'
