"""Ideas like a title: near copies first, then those that share its rare words; never a hidden one,
never another brand's.
"""

import pytest

from ideas.domain import frequencies, ideas, similar
from ideas.domain.frequencies import Frequencies
from ideas.domain.similar import similar_to
from ideas.models import Idea
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
