"""A question, its road and its ideas.

The list itself is one query on psycopg's own cursor, which Django does not count.
"""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.domain.participants import claimed
from ideas.domain import challenges, comments, ideas, votes
from ideas.enums import Mode, Verb
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of

PAGE = "/b/mio/c/street/"


def test_a_visitor_reads_question_and_ideas(visitor, challenge, idea):
    response = visitor.get(PAGE)
    assert response.status_code == 200
    assert challenge.title in text_of(response)
    assert idea.title in text_of(response)


def test_an_empty_question_invites_the_first_idea(visitor, challenge):
    assert "Yours would be the first idea." in text_of(visitor.get(PAGE))


@pytest.mark.parametrize("path", ["/b/mio/c/nowhere/", "/b/nobody/c/street/"])
def test_what_is_not_there_is_404(visitor, challenge, path):
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("ideas_there", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_list(
    visitor, challenge, ideas_there, django_assert_num_queries
):
    for _n in range(ideas_there):
        make_idea(challenge, author=make_participant(challenge.brand))
    cache.clear()
    with django_assert_num_queries(7):  # brand, question, phases, ideas, tags, figures, statuses
        visitor.get(PAGE)


@pytest.mark.parametrize("ideas_there", [1, 3])
def test_a_member_costs_session_user_desk_and_inbox_more(
    member, challenge, ideas_there, django_assert_num_queries
):
    for _n in range(ideas_there):
        make_idea(challenge, author=make_participant(challenge.brand))
    cache.clear()
    with django_assert_num_queries(10):
        member.get(PAGE)


def test_the_list_is_read_page_by_page(visitor, challenge):
    for _n in range(23):
        make_idea(challenge)
    seen, path = [], f"{PAGE}?sort=new"
    while path:
        response = visitor.get(path)
        seen += [idea.code for idea in response.context["ideas"]]
        following = response.context["next"]
        path = f"{PAGE}?sort=new&cursor={following}" if following else ""
    assert len(seen) == len(set(seen)) == 23


def test_a_link_from_a_page_that_is_gone_is_explained(visitor, challenge):
    response = visitor.get(f"{PAGE}?cursor=nonsense")
    assert response.status_code == 400
    assert "Start at the first one." in text_of(response)


def test_an_unknown_order_is_the_usual_one(visitor, challenge, idea):
    assert visitor.get(f"{PAGE}?sort=loudest").context["sort"] == "discover"


def test_a_tag_narrows_the_list(visitor, challenge):
    make_idea(challenge, title="With a tag", tags=["water"])
    make_idea(challenge, title="Without one")
    page = text_of(visitor.get(f"{PAGE}?tag=water"))
    assert "Ideas about water" in page
    assert "With a tag" in page
    assert "Without one" not in page


@pytest.mark.parametrize("query", ["tag=%00", "sort=%00", "tag=%F0%9F%9A%97", "cursor="])
def test_odd_queries_break_nothing(visitor, challenge, query):
    assert visitor.get(f"{PAGE}?{query}").status_code == 200


def test_the_road_says_what_is_over_now_and_next(visitor, brand):
    now = timezone.now()
    phases = [
        {"title": "Collect", "verbs": [Verb.SUBMIT], "closes_at": now - timedelta(days=2)},
        {
            "title": "Refine",
            "verbs": [Verb.VOTE],
            "opens_at": now - timedelta(days=2),
            "closes_at": now + timedelta(days=3, hours=1),
        },
        {"title": "Choose", "verbs": [Verb.VOTE], "opens_at": now + timedelta(days=4)},
    ]
    make_challenge(brand, slug="road", phases=phases)
    response = visitor.get("/b/mio/c/road/")
    assert [step.when for step in response.context["road"]] == ["done", "now", "later"]
    assert "now · 3 days left" in text_of(response)
    assert "Now it is time to vote." in text_of(response)


def test_a_single_phase_is_no_road_but_its_end_is_told(visitor, brand):
    end = timezone.now() + timedelta(days=3, hours=1)
    make_challenge(
        brand, slug="once", phases=[{"title": "Open", "verbs": [Verb.VOTE], "closes_at": end}]
    )
    response = visitor.get("/b/mio/c/once/")
    assert not response.context["road"]
    assert "3 days left" in text_of(response)


def test_a_road_without_dates_is_all_now(visitor, brand):
    phases = [{"title": "Talk", "verbs": [Verb.COMMENT]}, {"title": "Vote", "verbs": [Verb.VOTE]}]
    make_challenge(brand, slug="both", phases=phases)
    response = visitor.get("/b/mio/c/both/")
    assert [step.when for step in response.context["road"]] == ["now", "now"]


def test_hidden_counts_are_nowhere_on_the_page(brand, charlie):
    phases = [{"title": "Blind", "verbs": [Verb.SUBMIT, Verb.VOTE], "hides_counts": True}]
    challenge = make_challenge(brand, slug="blind", phases=phases)
    idea = make_idea(challenge)
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    for user in (None, charlie):
        response = reader(user).get("/b/mio/c/blind/")
        assert "In this round nobody sees the counts" in text_of(response)
        assert [tab.label for tab in response.context["tabs"]] == ["New", "Discussed", "Random"]
        assert 'class="n"' not in response.content.decode()


def test_sorting_by_hidden_counts_is_explained(visitor, brand):
    phases = [{"title": "Blind", "verbs": [Verb.VOTE], "hides_counts": True}]
    make_challenge(brand, slug="blind", phases=phases)
    response = visitor.get("/b/mio/c/blind/?sort=top")
    assert response.status_code == 400
    assert "Counts are hidden in this round" in text_of(response)


def test_a_member_sees_what_is_left_of_the_budget(member, brand, charlie):
    challenge = make_challenge(brand, slug="few", budget=3)
    votes.cast_as_user(code=make_idea(challenge).code, user_id=charlie.pk, value=1)
    assert "You have 2 votes left here." in text_of(member.get("/b/mio/c/few/"))


def test_the_most_discussed_idea_comes_first_where_one_wants_it(visitor, brand, challenge, charlie):
    make_idea(challenge, title="Nobody says a word")
    loud = make_idea(challenge, title="Everybody talks")
    for body in ("Yes.", "And in winter?"):
        comments.post(idea=loud, author=make_participant(brand, charlie), body=body)
    page = text_of(visitor.get(f"{PAGE}?sort=discussed"))
    assert page.index("Everybody talks") < page.index("Nobody says a word")
    assert "2 comments" in page


def test_a_closed_question_offers_no_vote(visitor, challenge, idea):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    page = visitor.get(PAGE)
    assert "Closed for ideas and votes now" in text_of(page)
    assert "/vote/" not in page.content.decode()


def test_a_hidden_idea_is_not_in_the_list(visitor, challenge, idea, alice):
    ideas.set_hidden(idea=idea, hidden=True, actor=alice)
    assert idea.title not in text_of(visitor.get(PAGE))


def test_points_are_offered_one_by_one(visitor, brand):
    make_idea(make_challenge(brand, slug="marks", mode=Mode.POINTS, max_points=3))
    body = visitor.get("/b/mio/c/marks/").content.decode()
    assert [f"value={value}" in body for value in (1, 2, 3, 4)] == [True, True, True, False]


def test_what_people_write_cannot_become_markup(visitor, brand):
    challenge = make_challenge(brand, slug="xss", title="<script>alert(1)</script>")
    make_idea(challenge, title="<img src=x onerror=alert(1)>", body="<script>alert(1)</script>")
    body = visitor.get("/b/mio/c/xss/").content.decode()
    assert "<script>alert" not in body
    assert "<img src=x" not in body


@pytest.mark.parametrize("path", ["/b/mio/c/street/?sort=new", "/b/mio/", "/desk/mio/"])
def test_a_nameless_author_is_somebody_and_the_brand_signs_its_own_alone(rita, challenge, path):
    stranger = claimed(brand=challenge.brand, key=None, external_id="old-7", email=None)
    make_idea(challenge, author=stranger)
    make_idea(challenge)
    page = reader(rita).get(path).content.decode()
    authors = re.findall(r"<(?:bdi|span)(?: class=\"one-line\")?>(Somebody|Mio Motors)<", page)
    assert sorted(authors) == ["Mio Motors", "Somebody"]
