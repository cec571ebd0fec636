"""Lists that widgets show count as shown, as those of our own pages do."""

from collections.abc import Sequence

from django.http import HttpRequest

from cocreate.lib.agents import is_seen_by_somebody
from cocreate.lib.http import client_address, network_of
from ideas.domain import showings


def shown_to(request: HttpRequest, ideas: Sequence[int], challenges: Sequence[int]) -> None:
    """These ideas, in the order of a list. Nothing is counted for programs."""
    if ideas and is_seen_by_somebody(request):
        showings.note(
            network=network_of(client_address(request)),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            ideas=ideas,
            challenges=challenges,
        )
