"""What a list has shown to whom: counted by the server, without a cookie or a script."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from cocreate.lib.agents import is_robot
from cocreate.lib.http import client_address, network_of
from ideas.domain import exposure

PAGES = {"document", "iframe", "frame", "empty"}  # empty: our own scripts ask for a part of one


def shown_to(request: HttpRequest, ideas: Sequence[Mapping[str, Any]]) -> None:
    """These rows of a list, in its order, were made for this browser. Nothing is counted for
    programs, and where a page is fetched before anybody asks for it.
    """
    if is_seen_by_somebody(request):
        exposure.seen(
            network=network_of(client_address(request)),
            agent=request.headers.get("User-Agent", ""),
            ideas=[row["id"] for row in ideas],
            challenges=sorted({row["challenge_id"] for row in ideas}),
        )


def is_seen_by_somebody(request: HttpRequest) -> bool:
    """Sec-Purpose is what browsers send with a prefetch; Purpose and X-Moz, what older ones do.
    Sec-Fetch-Dest says what for: a page that another site names as a picture is seen by nobody.
    """
    purposes = " ".join(request.headers.get(n, "") for n in ("Sec-Purpose", "Purpose", "X-Moz"))
    is_early = "prefetch" in purposes.lower() or "preview" in purposes.lower()
    is_page = request.headers.get("Sec-Fetch-Dest", "document") in PAGES
    is_robots = is_robot(request.headers.get("User-Agent"))
    return request.method == "GET" and is_page and not is_early and not is_robots
