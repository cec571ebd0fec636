"""What a list has shown to whom: counted by the server, without a cookie or a script."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from cocreate.lib.agents import is_seen_by_somebody
from cocreate.lib.http import client_address, network_of
from ideas.domain import showings


def shown_to(request: HttpRequest, ideas: Sequence[Mapping[str, Any]]) -> None:
    """These rows of a list, in its order, were made for this browser. Nothing is counted for
    programs, and where a page is fetched before anybody asks for it.
    """
    if is_seen_by_somebody(request):
        showings.note(
            network=network_of(client_address(request)),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            ideas=[row["id"] for row in ideas],
            challenges=sorted({row["challenge_id"] for row in ideas}),
        )
