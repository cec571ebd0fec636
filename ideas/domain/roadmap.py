"""A brand's road map: what it looks at, what is on its way, and what it has made."""

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import Brand
from cocreate.lib import prepared
from ideas.domain.outcomes import Decided, Outcome, outcomes_of
from ideas.domain.statuses import FIRST, Graph, Step
from ideas.enums import Tone

OF_A_STATUS = 6  # ideas that stand on the road map; the others are a list away
LANES = (Tone.AMBER, Tone.SKY, Tone.LEAF)

# The latest decisions of each status that still hold; then what came with its status from
# elsewhere, which nobody has decided here. The first status is named for an index that leaves it
# out: of a parameter PostgreSQL would not know that it serves. And the number is a value: of one
# it knows, a plan for any brand thinks that few have as many, and reads them all.
LATEST = f"""
    SELECT wanted.status, told.id, told.at
      FROM unnest(%(statuses)s::text[]) WITH ORDINALITY AS wanted (status, place)
     CROSS JOIN LATERAL (
           (SELECT i.id, d.at FROM ideas_decision d
              JOIN ideas_idea i ON i.id = d.idea_id AND i.status = d.after
             WHERE d.brand_id = %(brand)s AND d.after = wanted.status AND d.undone_at IS NULL
                   AND NOT i.hidden AND i.merged_into_id IS NULL
                   AND d.id = (SELECT l.id FROM ideas_decision l
                                WHERE l.idea_id = d.idea_id AND l.undone_at IS NULL
                                ORDER BY l.id DESC LIMIT 1)
             ORDER BY d.at DESC, d.id DESC LIMIT %(most)s::bigint)
            UNION ALL
           (SELECT i.id, NULL FROM ideas_idea i
             WHERE i.brand_id = %(brand)s AND i.status = wanted.status AND i.status <> '{FIRST}'
                   AND NOT i.hidden AND i.merged_into_id IS NULL
                   AND (SELECT min(l.id) FROM ideas_decision l
                         WHERE l.idea_id = i.id AND l.undone_at IS NULL) IS NULL
             ORDER BY i.created_at DESC, i.code LIMIT %(most)s::bigint)
           LIMIT %(most)s::bigint) told
     ORDER BY wanted.place
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Stop:
    """A status, with its latest ideas."""

    step: Step
    latest: tuple[Outcome, ...]


@dataclass(frozen=True)
class Lane:
    """The statuses of one tone that have ideas; what is nearest to being made stands first."""

    tone: Tone
    stops: tuple[Stop, ...]


def road_map(*, brand: Brand, graph: Graph, user_id: int | None) -> list[Lane]:
    """The lanes that have ideas. At most four queries, whatever the brand has decided."""
    lanes = {tone: steps_of(graph, tone) for tone in LANES}
    wanted = [step.key for steps in lanes.values() for step in steps]
    found = prepared.rows(LATEST, values(brand, wanted))
    decided = {idea: Decided(brand.look, at) for _status, idea, at in found}
    latest = defaultdict[str, list[Outcome]](list)
    for outcome in outcomes_of(decided, user_id=user_id):
        latest[outcome.row["status"]].append(outcome)
    return [
        Lane(tone, tuple(Stop(step, tuple(latest[step.key])) for step in there))
        for tone, steps in lanes.items()
        if (there := [step for step in steps if step.key in latest])
    ]


def values(brand: Brand, statuses: list[str]) -> dict[str, object]:
    """What LATEST asks with."""
    return {"brand": brand.pk, "statuses": statuses, "most": OF_A_STATUS}


def steps_of(graph: Graph, tone: Tone) -> list[Step]:
    """In the order of a lane. What is on its way goes through the graph; of what is made, the graph
    has the best first.
    """
    steps = [step for step in graph.steps.values() if step.tone == tone and not step.is_first]
    return steps if tone == Tone.LEAF else steps[::-1]
