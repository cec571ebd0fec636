"""Ideas like a title: near copies first, then those that share its rare words; never a hidden one,
never another brand's.
"""

import pytest
from django.core.cache import cache

from ideas.domain import frequencies, ideas, similar
from ideas.domain.frequencies import Frequencies
from ideas.domain.similar import like, similar_to
from ideas.models import Idea, Score
from tests.factories import make_challenge, make_idea

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_statistics(monkeypatch):
    monkeypatch.setattr(frequencies, "_known", Frequencies({}, 0.0, 0.0))


def titles(brand, text, **over):
    return [row["title"] for row in similar_to(brand=brand, text=text, **over)]


@pytest.fixture
def board(challenge):
    for title, body in (
        ("A roof that collects rain for the trees of the street", ""),
        ("Un toit qui récupère la pluie pour les arbres de la rue", ""),
        ("Trees along every street", ""),
        ("Solar panels", "On the roof, where the rain does not reach."),
        ("Quieter doors", ""),
    ):
        make_idea(challenge, title=title, body=body)
    return challenge.brand


def test_a_near_copy_comes_first_and_says_so(board):
    rows = similar_to(brand=board, text="a roof that colects rain for the tree of the street")
    assert rows[0]["title"] == "A roof that collects rain for the trees of the street"
    assert [row["near_copy"] for row in rows] == [True] + [False] * (len(rows) - 1)


def test_other_words_of_the_same_stem_and_missing_accents_are_alike(board):
    french = "Un toit qui récupère la pluie pour les arbres de la rue"
    assert titles(board, "toits, pluies, arbres, rues")[0] == french
    assert titles(board, "un toit recupere la pluie")[0] == french


def test_a_text_that_has_all_the_words_is_alike_too(board):
    assert "Solar panels" in titles(board, "roof rain")


def test_nothing_is_alike_where_no_word_that_says_something_is_shared(board):
    for text in (
        "",
        "  ",
        "ab",
        "the of and",
        "pour les",
        "helicopters",
        "%%%",
        "\x00",
        "x" * 5000,
    ):
        assert titles(board, text) == []


def test_hidden_merged_and_foreign_ideas_never_show(board, mallory):
    by_title = {idea.title: idea for idea in Idea.objects.filter(brand=board)}
    ideas.set_hidden(idea=by_title["Quieter doors"], hidden=True, actor=None)
    Idea.objects.filter(title="Trees along every street").update(
        merged_into=by_title["Solar panels"]
    )
    rival = mallory.memberships.get().brand
    make_idea(make_challenge(rival), title="Quieter doors of the rival")
    assert titles(board, "quieter doors") == []
    assert "Trees along every street" not in titles(board, "trees along every street")
    assert titles(rival, "quieter doors") == ["Quieter doors of the rival"]


def test_an_idea_is_not_like_itself(board):
    idea = Idea.objects.get(title="Quieter doors")
    assert titles(board, idea.title, but=idea.code) == []


def test_there_are_never_more_than_asked_for(challenge):
    for n in range(9):
        make_idea(challenge, title=f"A lantern for corner {n}")
    assert len(titles(challenge.brand, "A lantern for a corner")) == 3
    assert len(titles(challenge.brand, "A lantern for a corner", limit=5)) == 5


def test_a_title_of_common_words_alone_asks_for_ideas_that_have_several(challenge, monkeypatch):
    common = dict.fromkeys(("street", "light", "lights", "streets"), 0.4)
    known = Frequencies(common, 50_000.0, float("inf"))
    monkeypatch.setattr(frequencies, "_known", known)
    words = similar.words_of("Street lights")
    assert [word.share for word in words] == [0.4, 0.4]
    (together,) = similar.combined(words)
    assert together.count("&") == 1
    make_idea(challenge, title="Lights of the street")
    make_idea(challenge, title="A light")
    assert titles(challenge.brand, "street lights") == ["Lights of the street"]


def test_a_word_that_every_idea_has_still_names_them(challenge, monkeypatch):
    """As at a young install, whose few ideas share a word, once PostgreSQL has looked at them."""
    known = Frequencies({"idea": 1.0}, 7.0, float("inf"))
    monkeypatch.setattr(frequencies, "_known", known)
    make_idea(challenge, title="Idea A")
    assert titles(challenge.brand, "Idea B") == ["Idea A"]


def test_rare_words_are_looked_for_alone_until_there_are_enough_candidates(monkeypatch):
    shares = {"lantern": 0.001, "rain": 0.01, "street": 0.3}
    monkeypatch.setattr(frequencies, "_known", Frequencies(shares, 50_000.0, float("inf")))
    words = similar.words_of("lantern rain street")
    assert [word.forms[0] for word in words] == ["lantern", "rain", "street"]
    asked = list(similar.combined(words))
    assert asked[0] == "(('lantern'))"
    assert "(('street'))" not in asked


# --- Beside an idea that is posted ---------------------------------------------------------------


@pytest.fixture
def tagged(challenge, monkeypatch):
    """Makes an idea of the question with these tags and votes, whose title says nothing."""
    cache.clear()
    words = iter(("Alder", "Birch", "Cedar", "Damson", "Elm", "Fir", "Gorse", "Hazel"))

    def make(*tags, votes=0, comments=0, **over):
        idea = make_idea(over.pop("of", challenge), title=next(words), tags=list(tags), **over)
        Score.objects.filter(idea=idea).update(points=votes, support=votes, comments=comments)
        return idea

    return make


def beside(idea, **over):
    return [row["title"] for row in like(idea=idea, hides_counts=False, **over)]


def test_beside_an_idea_stand_those_of_its_question_that_share_most_tags(tagged):
    idea = tagged("rain", "roof", "light")
    tagged("rain", votes=90)  # Birch
    tagged("rain", "roof", votes=1)
    tagged("roof", "light", "cost", votes=5)
    tagged("cost", votes=99)
    tagged(votes=99)
    assert beside(idea) == ["Damson", "Cedar", "Birch"]


def test_of_ideas_with_as_many_tags_in_common_the_best_supported_come_first(tagged):
    idea = tagged("rain")
    for votes in (3, 9, 1, 5):
        tagged("rain", votes=votes)
    assert beside(idea) == ["Cedar", "Elm", "Birch"]


def test_near_copies_come_first_and_nothing_twice(tagged, challenge):
    idea = make_idea(challenge, title="A lantern for the corner", tags=["rain"])
    tagged("rain", votes=9)
    make_idea(challenge, title="A lantern for a corner", tags=["rain"])
    assert beside(idea) == ["A lantern for a corner", "Alder"]


def test_ideas_of_other_questions_hidden_ones_and_those_without_a_tag_are_left_out(tagged, brand):
    idea = tagged("rain")
    tagged("rain", of=make_challenge(brand, slug="elsewhere"))
    ideas.set_hidden(idea=tagged("rain"), hidden=True, actor=None)
    assert beside(idea) == []
    assert beside(tagged()) == []


def test_where_counts_are_hidden_the_order_says_nothing_of_them(tagged):
    idea = tagged("rain")
    tagged("rain", votes=9)
    tagged("rain", votes=1, comments=4)
    rows = like(idea=idea, hides_counts=True)
    assert [row["title"] for row in rows] == ["Cedar", "Birch"]
    assert beside(idea) == ["Birch", "Cedar"]


def test_a_rare_tag_is_found_where_the_question_has_more_ideas_than_are_looked_at(
    tagged, monkeypatch
):
    monkeypatch.setattr(similar, "MOST_LEADING", 2)
    idea = tagged("rain", "roof")
    for _n in range(3):
        tagged("rain", votes=9)
    tagged("roof")
    known = Frequencies({"#rain": 0.8}, 5_000.0, float("inf"))
    monkeypatch.setattr(frequencies, "_known", known)
    assert beside(idea) == ["Birch", "Cedar", "Elm"]
