"""What a text finds: French and English, stems and accents, operators and nonsense, in every order,
and nothing that is hidden or another brand's.
"""

import pytest

from cocreate.bench.lists import recorded
from cocreate.lib.pages import BadCursor, encode
from ideas.domain import frequencies, ideas, matching, search
from ideas.domain.lists import ideas_page
from ideas.domain.narrowing import Filters
from ideas.enums import Sort
from ideas.models import Idea, Searchable
from tests.factories import make_challenge, make_idea

pytestmark = pytest.mark.django_db


def found(brand, text, **over):
    """Titles, best first."""
    page = matching.best_matches(brand=brand, filters=Filters(text=text, **over), limit=100)
    return [row["title"] for row in page.items]


def listed(brand, text, sort=Sort.NEW, **over):
    """Titles in an order that was chosen."""
    page = ideas_page(brand=brand, sort=sort, filters=Filters(text=text, **over), limit=100)
    return [row["title"] for row in page.items]


@pytest.fixture
def french(challenge):
    """Ideas whose words are the traps of French."""
    for title in (
        "Les idées des habitants", "Des places créées pour les vélos", "Un été à la piscine",
        "L’école d’Orléans", "Œuvres d'art sur le quai", "Vélo/bus : un seul billet",
    ):  # fmt: skip
        make_idea(challenge, title=title, language="fr")
    return challenge.brand


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("idée", "Les idées des habitants"),
        ("idees", "Les idées des habitants"),
        ("IDÉES", "Les idées des habitants"),
        ("ide\u0301e", "Les idées des habitants"),  # its accent is a letter of its own
        ("les idées", "Les idées des habitants"),
        ("l'idée", "Les idées des habitants"),
        ("une idée pour les habitants", "Les idées des habitants"),
        ("cree", "Des places créées pour les vélos"),
        ("créé", "Des places créées pour les vélos"),
        ("creees", "Des places créées pour les vélos"),
        ("été", "Un été à la piscine"),
        ("ete", "Un été à la piscine"),
        ("piscine été", "Un été à la piscine"),
        ("piscines", "Un été à la piscine"),
        ("ecoles", "L’école d’Orléans"),
        ("d'orleans", "L’école d’Orléans"),
        ("oeuvre", "Œuvres d'art sur le quai"),
        ("œuvre", "Œuvres d'art sur le quai"),
        ("bus", "Vélo/bus : un seul billet"),
    ],
)
def test_french_is_found_however_it_is_typed(french, text, title):
    assert found(french, text) == [title]
    assert listed(french, text) == [title]


def test_words_that_only_look_alike_are_not_found(french):
    assert found(french, "étain") == []
    assert found(french, "orle") == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("parks", "Parking for bicycles"),
        ("bicycle", "Parking for bicycles"),
        ("the bicycle", "Parking for bicycles"),
        ("bicyc", ""),
        ("cities", "Our city and -5 degrees"),
        ("5 degrees", "Our city and -5 degrees"),
        ("-5", "Our city and -5 degrees"),
        ("angle brackets", "Use <angle brackets> & more"),
        ("more", "Use <angle brackets> & more"),
        ("naive", "A naïve café"),
        ("cafés", "A naïve café"),
    ],
)
def test_english_is_found_by_its_stems(challenge, text, title):
    for known in (
        "Parking for bicycles", "Our city and -5 degrees", "Use <angle brackets> & more",
        "A naïve café",
    ):  # fmt: skip
        make_idea(challenge, title=known, language="en")
    assert found(challenge.brand, text) == ([title] if title else [])


def test_each_language_finds_the_other_one_by_the_words_they_share(challenge):
    make_idea(challenge, title="Stations de recharge", language="fr")
    make_idea(challenge, title="More charging stations", language="en")
    assert set(found(challenge.brand, "station")) == {
        "Stations de recharge",
        "More charging stations",
    }
    assert found(challenge.brand, "recharges") == ["Stations de recharge"]
    assert found(challenge.brand, "charge") == ["More charging stations"]


def test_every_word_is_needed(challenge):
    make_idea(challenge, title="Green roof", body="With a bench.")
    make_idea(challenge, title="Green door")
    assert found(challenge.brand, "green") == ["Green door", "Green roof"]
    assert found(challenge.brand, "roof green bench") == ["Green roof"]
    assert found(challenge.brand, "green window") == []


def test_the_title_weighs_more_than_tags_and_tags_more_than_the_text(challenge):
    make_idea(challenge, title="In the text", body="A lantern. " * 20)
    make_idea(challenge, title="Among the tags", tags=["lantern"])
    make_idea(challenge, title="A lantern")
    make_idea(challenge, title="Something else")
    assert found(challenge.brand, "lantern") == ["A lantern", "Among the tags", "In the text"]


def test_quotes_minus_and_star(challenge):
    for title in ("A wooden bench", "A bench of wood, wooden", "Benchmarks", "A wooden table"):
        make_idea(challenge, title=title)
    brand = challenge.brand
    assert found(brand, '"wooden bench"') == ["A wooden bench"]
    assert found(brand, "«wooden bench»") == ["A wooden bench"]
    assert found(brand, "wooden -table -wood") == ["A wooden bench"]
    assert set(found(brand, "wooden -table")) == {"A wooden bench", "A bench of wood, wooden"}
    assert found(brand, 'bench -"of wood"') == ["A wooden bench"]
    assert "Benchmarks" not in found(brand, "bench")
    assert "Benchmarks" in found(brand, "bench*")
    assert found(brand, "-wooden") == []  # all but one word is no search


EVERYWHERE = frequencies.Frequencies({"park": 0.5}, 50_000.0, float("inf"))
NOT_YET_KNOWN = frequencies.Frequencies({}, 0.0, float("inf"))


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("the park*", {}),
        ("les park*", {}),
        ("a park*", {}),
        ("of/the park*", {}),
        ("the park* -boat", {}),
        ("the park*", {"tag": "cars"}),
        ("the park* number", {}),
        ("of/number park*", {"status": "submitted"}),
        ('park* -boat "number 7"', {}),
        # zebra is the thirteenth, and is not looked for
        ("park* alpha bravo castle delta echo foxtrot garden hotel india juliet kilo zebra", {}),
    ],
)
def test_a_search_finds_the_same_whatever_is_known_of_its_words(challenge, monkeypatch, text, over):
    body = "alpha bravo castle delta echo foxtrot garden hotel india juliet kilo"
    for n in range(10, 13):
        make_idea(challenge, title=f"Parking number {n}", body=body, tags=["cars"])
    make_idea(challenge, title="Parks number 7", body=body, tags=["cars"])
    make_idea(challenge, title="The number of a zebra")
    results = []
    for known in (NOT_YET_KNOWN, EVERYWHERE):
        monkeypatch.setattr(frequencies, "_known", known)
        results.append(
            (found(challenge.brand, text, **over), listed(challenge.brand, text, **over))
        )
    assert results[0] == results[1]
    assert len(results[0][0]) == len(results[0][1]) == (1 if '"' in text else 4)


def test_twelve_parts_are_looked_for_and_what_narrows_beside_them_is_none(challenge):
    make_idea(challenge, title="A lantern and a bench", tags=["night"])
    for tag in ("", "night"):
        assert found(challenge.brand, "lantern " * 11 + "torch", tag=tag) == []
        assert len(found(challenge.brand, "lantern " * 12 + "torch", tag=tag)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "%%%%", "%", "_", "\\", "'", "''", '"', '""', '"""', "&", "|", "!", "!!", "()", "((", ":*",
        "a:*", "<->", "a <-> b", "a & | b", "!a", "-", "--", "-*", "*", "-\"", "'; DROP TABLE x",
        "\x00", "\ud800", "\u202e", "😀", "e\u0301" * 90, "x" * 10_000, "x " * 5_000, "-x " * 50,
        "a:1 b:2A", "%(brand)s", "{where}", "\u2019", "½", "日本語", "ﷺ" * 30, "'\\':*", "…",
    ],
)  # fmt: skip
def test_no_text_is_an_error(challenge, text):
    make_idea(challenge, title="Nothing of that")
    brand = challenge.brand
    assert found(brand, text) in ([], ["Nothing of that"])
    for sort in (Sort.NEW, Sort.HOT, Sort.RANDOM):
        assert listed(brand, text, sort) in ([], ["Nothing of that"])
    assert listed(brand, text, with_names=True) in ([], ["Nothing of that"])
    matching.count_of(brand=brand, filters=Filters(text=text), challenge=challenge, sort=Sort.NEW)


@pytest.mark.parametrize(
    "title", ["\u0301\u0302 e\u0301\u0301", "’’’ ‘‘‘", "½ ⅞ №", "ŉ" * 200, "œ" * 290, "a\\b'c"]
)
def test_no_title_is_an_error(challenge, title):
    idea = make_idea(challenge, title=title, body=title * 60, language="fr", tags=[title[:30]])
    assert Searchable.objects.filter(pk=idea.pk).exists()


def test_a_changed_text_is_found_anew(challenge):
    idea = make_idea(challenge, title="A lantern")
    ideas.edit_idea(idea=idea, actor=None, title="A torch", tags=["fire"])
    assert found(challenge.brand, "lantern") == []
    assert found(challenge.brand, "torch fire") == ["A torch"]


def test_hidden_merged_and_foreign_ideas_are_not_found(challenge, mallory):
    shown, hidden, merged = (make_idea(challenge, title=f"Lantern {n}") for n in range(3))
    ideas.set_hidden(idea=hidden, hidden=True, actor=None)
    Idea.objects.filter(pk=merged.pk).update(merged_into=shown)
    rival = mallory.memberships.get().brand
    make_idea(make_challenge(rival), title="Lantern of the rival")
    assert found(challenge.brand, "lantern") == listed(challenge.brand, "lantern") == ["Lantern 0"]
    assert listed(challenge.brand, "lantern", hidden=True) == ["Lantern 1"]
    assert found(rival, "lantern") == ["Lantern of the rival"]


def test_an_erased_idea_leaves_no_words(challenge):
    idea = make_idea(challenge, title="Lantern")
    Idea.objects.filter(pk=idea.pk).delete()
    assert not Searchable.objects.exists()
    assert found(challenge.brand, "lantern") == []


def test_a_search_stays_in_its_challenge(brand, challenge):
    make_idea(challenge, title="A lantern here")
    make_idea(make_challenge(brand), title="A lantern there")
    page = matching.best_matches(
        brand=brand, challenge=challenge, filters=Filters(text="lantern"), limit=9
    )
    assert [row["title"] for row in page.items] == ["A lantern here"]


def test_the_best_matches_have_pages_that_meet(challenge):
    for n in range(7):
        make_idea(challenge, title=f"Lantern {n}")
    seen, cursor = [], ""
    while cursor is not None:
        page = matching.best_matches(
            brand=challenge.brand, filters=Filters(text="lantern"), cursor=cursor, limit=3
        )
        assert page.count == 7
        seen += [row["title"] for row in page.items]
        cursor = page.next
    assert seen == [f"Lantern {n}" for n in reversed(range(7))]


@pytest.mark.parametrize("place", [0, -1, 200, 10**12, True, 3.5, "x"])
def test_no_cursor_leads_beyond_the_best_matches(challenge, place):
    with pytest.raises(BadCursor):
        matching.best_matches(
            brand=challenge.brand,
            filters=Filters(text="x"),
            cursor=encode("match", place),
            limit=3,
        )


def test_labels_narrow_with_words_and_alone(challenge):
    make_idea(challenge, title="Lantern", tags=["it's a \\ tag", "light"], language="fr")
    make_idea(challenge, title="Lantern, too", tags=["night"])
    brand = challenge.brand
    assert found(brand, "lantern", tag="it's a \\ tag") == ["Lantern"]
    assert listed(brand, "", tag="light") == ["Lantern"]
    assert listed(brand, "lantern", language="fr") == ["Lantern"]
    assert listed(brand, "", tag="ligh") == []
    Idea.objects.filter(title="Lantern").update(status="planned")
    assert listed(brand, "lantern", status="planned") == ["Lantern"]
    assert listed(brand, "lantern", status="submitted") == ["Lantern, too"]
    assert found(brand, "planned") == found(brand, "=planned") == []


def test_a_search_costs_the_same_few_queries_however_much_it_finds(challenge):
    for n in range(3):
        make_idea(challenge, title=f"Lantern {n}" if n else "One torch")
    for text in ("torch", "lantern"):
        with recorded() as sent:
            found(challenge.brand, text)
        assert len(sent) == 4
    assert search.read([]) == search.Search(None, None)
