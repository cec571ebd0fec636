"""What the lists of the demo have shown, kept where the product keeps it, as old as the visits."""

from cocreate.domain.demo.arrivals import Offer, Room
from ideas.domain import exposure
from ideas.models import Challenge, Exposure, Idea


def keep(rooms: list[tuple[Challenge, Room]], ideas: list[Idea]) -> None:
    """What each room and its offers have counted."""
    ids = {idea.code: idea.pk for idea in ideas}
    shown: dict[int, Offer] = {
        ids[offer.code]: offer for _challenge, room in rooms for offer in room.offers if offer.times
    }
    exposure.add(
        {idea: (offer.views, offer.times) for idea, offer in shown.items()},
        {challenge.pk: room.visits for challenge, room in rooms if room.visits},
    )
    rows = [
        Exposure(idea_id=idea, stored_at=offer.shown_at)
        for idea, offer in shown.items()
        if offer.shown_at
    ]
    Exposure.objects.bulk_update(rows, ["stored_at"])
