import pytest

from ideas.domain import tally
from ideas.models import Score
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reset_waits_for_the_fold_in_flight_before_it_holds_anything(idea):
    Score.objects.filter(pk=idea.pk).update(support=7)  # so that the reset has something to write
    with another_connection() as fold:
        fold.execute("SET LOCAL lock_timeout = '500ms'")
        fold.execute("SELECT 1 FROM ideas_tallycursor WHERE starts_with(name, 'votes') FOR UPDATE")
        fold.execute("UPDATE ideas_score SET oppose = 1 WHERE idea_id = %s", [idea.pk])
        crowd = Crowd([tally.reset])
        crowd.wait_until_all_wait()
        fold.execute("UPDATE ideas_tallycursor SET seen = seen WHERE starts_with(name, 'votes')")
    assert crowd.finish() == [None]
    score = Score.objects.get(pk=idea.pk)
    assert (score.support, score.oppose) == (0, 0)
