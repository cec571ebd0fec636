"""The page that says how it goes."""

import re

import pytest
from django.conf import settings
from django.utils import formats, timezone

from ideas.domain import tally, votes
from ideas.models import Idea
from insights.domain import daily
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of
from web.desk import charts

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/desk/mio/insights/"


@pytest.fixture
def desk(rita, brand):
    """An analyst reads it."""
    return reader(rita)


def cast(idea, *users):
    for user in users:
        votes.cast_as_user(code=idea.code, user_id=user.pk, value=1)
    tally.fold_until_settled()
    daily.count_new(5)


def test_votes_of_today_are_a_bar_and_a_line_of_the_table(desk, challenge, alice, charlie):
    cast(make_idea(challenge), alice, charlie)
    page = desk.get(PAGE)
    assert "2 votes for ideas in the last 56 days, by day." in text_of(page)
    assert page.content.decode().count('<rect class="bar" x=') == 1
    assert [week.supported for week in page.context["votes"]["weeks"]] == [2, 0, 0, 0, 0, 0, 0, 0]


def test_counts_that_a_phase_hides_are_hidden_here_too(desk, brand, challenge, alice):
    phases = [{"title": "Blind", "verbs": ["vote", "submit"], "hides_counts": True}]
    blind = make_challenge(brand, slug="blind", phases=phases)
    cast(make_idea(blind), alice)
    page = desk.get(PAGE)
    assert page.context["votes"]["total"] == 0
    assert "1 question is left out: its counts are hidden until the end of the round." in text_of(
        page
    )


def test_statuses_stand_in_the_order_of_the_brand(desk, challenge):
    for status in ("planned", "gone_from_the_graph"):
        Idea.objects.filter(pk=make_idea(challenge).pk).update(status=status)
    bars = [(bar.label, bar.row.value) for bar in desk.get(PAGE).context["funnel"]]
    assert [bar for bar in bars if bar[1]] == [("Planned", 1), ("Gone from the graph", 1)]
    assert bars[0][0] == "Submitted"


def test_a_brand_without_ideas_is_told_what_will_come(desk):
    assert "Figures appear here with the first of them." in text_of(desk.get(PAGE))


def test_every_number_in_a_drawing_is_written_with_a_point(desk, challenge, alice, rita):
    """In French a template would write 4,5 and the browser would draw nothing."""
    rita.language = "fr"
    rita.save(update_fields=["language"])
    idea = make_idea(challenge, tags=["roof"])
    cast(idea, alice)
    body = reader(rita, **{"Accept-Language": "fr"}).get(PAGE).content.decode()
    drawn = re.findall(r'(?:x|y|x1|x2|y1|y2|width|height)="([^"]*)"', body)
    assert drawn
    assert [one for one in drawn if "," in one] == []


def test_french_months_are_written_as_the_french_write_them(challenge, rita):
    make_idea(challenge, tags=["roof"])
    body = reader(rita, **{"Accept-Language": "fr"}).get(PAGE).content.decode()
    months = re.findall(r'<th class="end" scope="col">(\S+) \d{4}</th>', body)
    year = "jan. fév. mars avr. mai juin juil. août sept. oct. nov. déc."
    assert months
    assert set(months) <= set(year.split())


@pytest.mark.parametrize("there", [1, 3])
def test_it_costs_the_same_for_one_and_three(desk, challenge, there, django_assert_num_queries):
    for _n in range(there):
        make_idea(challenge, author=make_participant(challenge.brand), tags=["roof"])
    # session and user, brand, role, ideas, questions, phases, votes, statuses, unread
    with django_assert_num_queries(9):
        desk.get(PAGE)


def test_a_scale_ends_at_a_round_number():
    found = [charts.round_top(most) for most in (0, 1, 4, 9, 10, 37, 113, 1000)]
    assert found == [1, 1, 4, 9, 10, 40, 200, 1000]


def test_warmth_has_four_steps_beside_none():
    assert [charts.warmth(n, 8) for n in (0, 1, 2, 3, 5, 7, 8)] == [0, 1, 1, 2, 3, 4, 4]
    assert charts.warmth(1, 1) == 1


def test_on_paper_it_says_whose_figures_these_are_and_of_which_day(desk, challenge):
    make_idea(challenge)
    today = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    page = desk.get(PAGE).content.decode()
    line = re.search(r'<p class="on-paper">(.*?)</p>', page, re.S)
    assert " ".join(line[1].split()) == f"<bdi>Mio Motors</bdi> · {today} · {settings.SITE_NAME}"
