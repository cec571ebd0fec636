"""Who stands in a brand's top, told once: an idea enters at place 10 and leaves only beyond
place 15.
"""

from django.db import connection, transaction
from django.db.models import F

from accounts.domain import activity
from accounts.models import Brand
from ideas.models import Idea, Score, TopIdea

ENTERS_AT, LEAVES_AFTER = 10, 15

# Ideas whose counts a phase hides wait for the reveal.
TOP = """
    SELECT s.idea_id, row_number() OVER (ORDER BY s.brand_hot DESC, s.created_at, s.code) AS place
      FROM ideas_score s
     WHERE s.brand_id = %s AND s.listed AND s.brand_hot > 0
       AND (ARRAY(SELECT challenge_id FROM hiding_challenge WHERE brand_id = %s)
            @> ARRAY[s.challenge_id]) IS NOT TRUE
     ORDER BY s.brand_hot DESC, s.created_at, s.code LIMIT %s
"""

TOUCHED = """
    SELECT DISTINCT c.brand_id FROM ideas_ledgerbatch b
      JOIN ideas_challenge c ON c.id = b.challenge_id WHERE b.id > %s AND b.id <= %s ORDER BY 1
"""


@transaction.atomic
def watch_touched_brands() -> int:
    """Look at the top of every brand with votes folded since the last look. Returns how many
    ideas entered one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT after_seq, last_batch() FROM ideas_tallycursor"
            " WHERE name = 'top' FOR UPDATE SKIP LOCKED"
        )
        row = cursor.fetchone()
        if row is None:  # another look is under way
            return 0
        cursor.execute(TOUCHED, row)
        touched = cursor.fetchall()
        entered = sum(
            watch_top(brand=brand)
            for brand in Brand.objects.in_bulk([t[0] for t in touched]).values()
        )
        if touched:
            cursor.execute(
                "UPDATE ideas_tallycursor SET after_seq = %s WHERE name = 'top'", [row[1]]
            )
    return entered


@transaction.atomic
def watch_top(*, brand: Brand) -> int:
    """Record `idea.top` for each idea that entered, forget those that left. Returns how many
    entered. One that stands there by imported votes alone enters in silence: it has not risen.
    """
    places = _places(brand)
    known = set(TopIdea.objects.filter(brand=brand).values_list("idea_id", flat=True))
    TopIdea.objects.filter(brand=brand).exclude(idea_id__in=places).delete()
    entering = [idea for idea, place in places.items() if place <= ENTERS_AT and idea not in known]
    ideas = Idea.objects.in_bulk(entering)
    TopIdea.objects.bulk_create([TopIdea(idea_id=idea, brand=brand) for idea in entering])
    for pk in _voted_here(entering):
        activity.record(
            "idea.top", subject=("idea", ideas[pk].code), brand=brand, private=True,
            data={"rank": places[pk], "title": ideas[pk].title},
        )  # fmt: skip
    return len(entering)


def _voted_here(ideas: list[int]) -> list[int]:
    """Those of them, in their order, that somebody supports who was not imported."""
    scores = Score.objects.filter(pk__in=ideas, support__gt=F("imported"))
    voted = set(scores.values_list("pk", flat=True))
    return [pk for pk in ideas if pk in voted]


@transaction.atomic
def adopt_top(*, brand: Brand, but: int = 0) -> None:
    """Take who stands in the top as known, but for the newest `but` ideas: nobody is told of the
    others. For data that arrive as if they had always been there.
    """
    entering = [idea for idea, place in _places(brand).items() if place <= ENTERS_AT]
    newest_first = Idea.objects.filter(pk__in=entering).order_by("-created_at")
    known = newest_first.values_list("pk", flat=True)[but:]
    rows = [TopIdea(idea_id=idea, brand=brand) for idea in known]
    TopIdea.objects.bulk_create(rows, ignore_conflicts=True)


def _places(brand: Brand) -> dict[int, int]:
    """Idea id to place, for the first places of the brand's hot list."""
    with connection.cursor() as cursor:
        cursor.execute(TOP, [brand.pk, brand.pk, LEAVES_AFTER])
        return dict(cursor.fetchall())
