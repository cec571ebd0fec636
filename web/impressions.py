"""What a list has shown to whom: counted by the server, without a cookie or a script."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from cocreate.lib.agents import is_robot
from cocreate.lib.http import client_address
from ideas.domain import exposure


def shown_to(request: HttpRequest, ideas: Sequence[Mapping[str, Any]]) -> None:
    """These rows of a list, in its order, were made for this browser. Nothing is counted for
    programs, and where a page is fetched before anybody asks for it.
    """
    if is_seen_by_somebody(request):
        agent = request.headers.get("User-Agent", "")
        exposure.seen(
            visitor=f"{client_address(request)} {agent}",
            ideas=[row["id"] for row in ideas],
            challenges=sorted({row["challenge_id"] for row in ideas}),
        )


def is_seen_by_somebody(request: HttpRequest) -> bool:
    """Sec-Purpose is what browsers send with a prefetch; Purpose and X-Moz, what older ones do."""
    purposes = " ".join(request.headers.get(n, "") for n in ("Sec-Purpose", "Purpose", "X-Moz"))
    is_early = "prefetch" in purposes.lower() or "preview" in purposes.lower()
    return (
        request.method == "GET" and not is_early and not is_robot(request.headers.get("User-Agent"))
    )
