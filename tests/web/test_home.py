"""The front page: questions, what became of ideas, brands."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Visibility
from accounts.models import Brand
from ideas.domain import comments, decisions, ideas, outcomes, tally, votes
from ideas.domain.statuses import Step, change_graph
from ideas.enums import Answer, Status, Tone, Verb
from ideas.models import CoAuthor, Decision, Idea
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.plans import plan_of, rows_read
from tests.web.conftest import decide, many_taken_up, path_of, reader, taken_up, text_of

SOON = timedelta(days=4, hours=1)


@pytest.fixture(autouse=True)
def told_at_once(settings):
    settings.UNDO_SECONDS = 0


def became(page) -> list[str]:
    return [told.idea.title for told in page.context["outcomes"]]


# --- Questions ------------------------------------------------------------------------------------


def test_an_empty_site_says_how_it_begins(visitor, db):
    page = text_of(visitor.get("/"))
    assert "No brand asks anything here yet." in page
    assert "What became of ideas" not in page


@pytest.mark.django_db(transaction=True)
def test_a_question_shows_its_time_its_figures_and_who_takes_part(
    visitor, brand, charlie, alice, bob
):
    phase = {"title": "Now", "verbs": list(Verb), "closes_at": timezone.now() + SOON}
    question = make_challenge(brand, slug="street", phases=[phase])
    for user in (charlie, alice, charlie):
        found = make_idea(question, author=make_participant(brand, user))
    votes.cast_as_user(code=found.code, user_id=bob.pk, value=1)
    tally.fold_until_settled()
    page = visitor.get("/")
    assert "Mio Motors asks 4 days left What should a small car" in text_of(page)
    assert "3 ideas 1 vote" in text_of(page)
    assert [one.name for one in page.context["lead"].faces] == ["Charlie", "Alice"]


def test_the_newest_that_runs_is_shown_large_and_what_is_over_comes_last(visitor, brand):
    yesterday = timezone.now() - timedelta(days=1)
    over = {"title": "Then", "verbs": [], "closes_at": yesterday}
    make_challenge(brand, slug="first", title="The first?")
    make_challenge(brand, slug="second", title="The second?")
    make_challenge(brand, slug="over", title="The old one?", phases=[over])
    context = visitor.get("/").context
    assert context["lead"].title == "The second?"
    assert [one.title for one in context["living"]] == ["The first?"]
    assert [one.title for one in context["past"]] == ["The old one?"]


def test_where_nothing_runs_the_page_says_so(visitor, brand):
    past = {"title": "Then", "verbs": [], "closes_at": timezone.now() - timedelta(days=1)}
    make_challenge(brand, slug="over", phases=[past])
    assert "No question is open just now." in text_of(visitor.get("/"))


def test_a_brand_for_members_is_on_nobody_elses_front_page(visitor, member, alice, challenge):
    taken_up(challenge, alice, "A secret")
    Brand.objects.update(visibility=Visibility.MEMBERS)
    for client in (visitor, member):
        page = text_of(client.get("/"))
        assert "A secret" not in page
        assert challenge.title not in page
    assert challenge.title in text_of(reader(alice).get("/"))


def test_of_many_brands_some_are_counted_at_each_look(visitor, alice):
    for n in range(5):
        make_idea(make_challenge(make_brand(f"brand-{n}", owner=alice)))

    def counted():
        context = visitor.get("/").context
        return sum(one.ideas for one in [context["lead"], *context["living"]])

    assert [counted(), counted(), counted()] == [3, 5, 5]


# --- What became of ideas -------------------------------------------------------------------------


def test_before_anything_is_decided_the_page_says_what_will_stand_there(visitor, idea):
    assert "No brand has taken up an idea yet." in text_of(visitor.get("/"))


@pytest.mark.django_db(transaction=True)
def test_what_a_brand_takes_up_is_told_with_its_word_its_support_and_its_people(
    visitor, brand, challenge, charlie, bob
):
    found = taken_up(challenge, charlie, "A roof that drinks", message="In the *second* prototype.")
    row = CoAuthor.objects.create(idea=found, participant=make_participant(brand, bob))
    CoAuthor.objects.filter(pk=row.pk).update(answer=Answer.ACCEPTED)
    votes.cast_as_user(code=found.code, user_id=bob.pk, value=1)
    tally.fold_until_settled()
    page = visitor.get("/")
    assert (
        "Planned Mio Motors just now A roof that drinks In the second prototype."
        " C B Charlie , Bob 1 supporter"
    ) in text_of(page)
    assert f'href="{path_of(found)}"' in page.content.decode()


def test_a_later_pinned_answer_is_the_brands_word(visitor, brand, challenge, charlie, alice):
    found = taken_up(challenge, charlie, "A roof", message="We plan it.")
    comments.answer(idea=found, body="It comes in May.", actor=alice)
    page = text_of(visitor.get("/"))
    assert "It comes in May." in page
    assert "We plan it." not in page


def test_only_what_still_holds_and_is_good_news_is_told(visitor, challenge, charlie):
    reason = "We looked at it for a month, and cannot build it."
    declined = make_idea(challenge, title="A flying car")
    decisions.set_status(
        idea=declined, status=Status.DECLINED, actor=None, reason="not_feasible", message=reason
    )
    taken_up(challenge, charlie, "Looked at", Status.UNDER_REVIEW)
    taken_up(challenge, charlie, "Put away", Status.PLANNED, Status.ARCHIVED)
    undone = taken_up(challenge, charlie, "Undone")
    Decision.objects.filter(idea=undone).update(undone_at=timezone.now())
    hidden = taken_up(challenge, charlie, "Hidden")
    ideas.set_hidden(idea=hidden, hidden=True, actor=None)
    taken_up(challenge, charlie, "Stays", Status.PLANNED, Status.IN_PROGRESS)
    assert became(visitor.get("/")) == ["Stays"]


def test_nobody_is_told_of_what_can_still_be_undone(visitor, challenge, charlie, settings):
    settings.UNDO_SECONDS = 30
    found = taken_up(challenge, charlie, "Too early")
    assert became(visitor.get("/")) == []
    Decision.objects.filter(idea=found).update(at=timezone.now() - timedelta(seconds=40))
    assert became(visitor.get("/")) == ["Too early"]


def test_a_brands_own_statuses_are_told_by_their_tone(visitor, brand, challenge, charlie):
    steps = [
        Step(Status.SUBMITTED, next=("melting", "cast")),
        Step("melting", Tone.AMBER, next=("cast",), labels={"en": "Melting"}),
        Step("cast", Tone.LEAF, labels={"en": "Cast in bronze"}),
    ]
    change_graph(brand=brand, steps=steps, actor=None)
    taken_up(challenge, charlie, "A bell", "cast")
    taken_up(challenge, charlie, "A spoon", "melting")
    page = visitor.get("/")
    assert became(page) == ["A bell"]
    assert "Cast in bronze" in text_of(page)


def test_what_is_made_stands_before_what_is_planned(visitor, challenge, charlie):
    taken_up(challenge, charlie, "Made", Status.PLANNED, Status.IMPLEMENTED)
    for n in range(7):
        taken_up(challenge, charlie, f"Planned {n}")
    assert became(visitor.get("/")) == ["Made", *(f"Planned {n}" for n in (6, 5, 4, 3, 2))]


def test_a_brand_that_decides_on_many_leaves_room_for_others(visitor, challenge, charlie, alice):
    other = make_challenge(make_brand("garden", owner=alice))
    taken_up(other, charlie, "A pond")
    for n in range(20):
        taken_up(challenge, charlie, f"Mio {n}")
    assert became(visitor.get("/"))[:4] == ["Mio 19", "Mio 18", "Mio 17", "A pond"]


def test_what_a_brand_for_members_decides_hides_nobody_elses(visitor, challenge, charlie, alice):
    taken_up(challenge, charlie, "A pond")
    club = make_challenge(make_brand("club", owner=alice, visibility="members"))
    for n in range(outcomes.LOOKED_AT + 1):
        idea = make_idea(club, title=f"Club {n}")
        Idea.objects.filter(pk=idea.pk).update(status=Status.PLANNED)
        Decision.objects.create(idea=idea, brand=club.brand, before="submitted", after="planned")
    assert became(visitor.get("/")) == ["A pond"]


def test_an_idea_of_the_brand_and_of_somebody_erased_is_told_too(visitor, brand, challenge):
    decide(make_idea(challenge, title="Ours"), Status.PLANNED)
    ghost = make_participant(brand)
    found = make_idea(challenge, title="Theirs", author=ghost)
    decide(found, Status.PLANNED)
    ghost.user.delete()
    page = text_of(visitor.get("/"))
    assert "An idea of Mio Motors" in page
    assert "Somebody" in page


# --- What it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("things", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    visitor, brand, charlie, bob, things, django_assert_num_queries
):
    for n in range(things):
        question = make_challenge(brand, slug=f"question-{n}")
        taken_up(question, charlie, f"Planned {n}")
    visitor.get("/")  # counts the brand
    # questions, phases, faces, outcomes (latest, words, people, rows), brands
    with django_assert_num_queries(8):
        visitor.get("/")


def test_of_many_decisions_the_latest_are_looked_at(challenge, charlie):
    many_taken_up(challenge, 1_000)
    with CaptureQueriesContext(connection) as asked:
        assert len(outcomes.latest_outcomes(user_id=None)) == outcomes.SHOWN
    assert len(asked) == 4
    plan = plan_of(outcomes.LATEST, outcomes.values())
    assert "decision_taken_up" in plan
    assert rows_read(plan) <= outcomes.LOOKED_AT, plan


def test_a_link_to_the_site_has_a_card(visitor, db, settings):
    settings.PUBLIC_URL = "https://ideas.example"
    body = visitor.get("/").content.decode()
    assert '<meta property="og:image" content="https://ideas.example/static/img/card.png">' in body
    assert '<link rel="canonical" href="https://ideas.example/">' in body


def test_a_telephone_is_told_the_name_and_the_icons(visitor, db, settings):
    settings.SITE_NAME = "Ideas of Mio"
    answer = visitor.get("/site.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    facts = answer.json()
    assert facts["name"] == "Ideas of Mio"
    assert [icon["sizes"] for icon in facts["icons"]] == ["192x192", "512x512", "512x512"]
    assert 'rel="manifest" href="/site.webmanifest"' in visitor.get("/").content.decode()
