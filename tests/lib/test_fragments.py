"""Parts of pages that are remembered: by what, for how long, how many."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import Context, Engine, engines
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from accounts.models import Brand
from cocreate.lib import fragments
from cocreate.lib.fragments import NotGiven, Shelf
from web.templatetags import words
from web.templatetags.fragments import FragmentNode

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    shelf = Shelf(100_000)
    monkeypatch.setattr(fragments, "shelf", shelf)
    return shelf


@pytest.fixture
def clock(monkeypatch):
    """Sets what time it is."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(NOW)
    return at


def template(text: str) -> Any:
    return engines["django"].from_string(text).template


def made(of: Any, page: dict[str, Any] | None = None, **given: Any) -> str:
    found = fragments.fragment_of(of, given)
    return found.filled(fragments.later_from(Context(page or {}), {}))


def test_what_was_made_of_the_same_is_not_made_again(empty):
    of = template("{{ name }}")
    assert [made(of, name=name) for name in ("Ada", "Bea", "Ada")] == ["Ada", "Bea", "Ada"]
    assert len(empty) == 2


def test_language_and_time_zone_are_a_part_of_it():
    of = template("{% load i18n words %}{{ at|moment }}{% trans 'Support' %}")
    seen = set()
    for language in ("en", "fr"):
        for zone in ("Europe/Paris", "Asia/Tokyo"):
            with translation.override(language), timezone.override(zone):
                seen.add(made(of, at=NOW))
    assert len(seen) == 4


@pytest.mark.parametrize(
    "text",
    ["{{ user }}", "{% if user.is_authenticated %}1{% endif %}", "{{ idea.title|default:user }}",
     "{% if idea and user.pk %}1{% endif %}", "{% include 'partials/budget.html' %}",
     "{% load pages %}{% query sort=1 %}"],
)  # fmt: skip
def test_a_name_that_was_not_given_is_refused_even_where_a_tag_would_swallow_it(text):
    with pytest.raises(NotGiven):
        made(template(text), idea="An idea")


@pytest.mark.parametrize(
    "value", [mark_safe("<b>"), Brand(pk=1), ["a", "list"], ("a", Brand(pk=1)), lambda: 1]
)
def test_what_has_no_value_of_its_own_is_refused(value):
    """A row of the database equals another one by its key; a safe text equals an unsafe one."""
    with pytest.raises(TypeError):
        made(template("{{ value }}"), value=value)


def test_an_unsafe_text_is_escaped_each_time():
    of = template("{{ value }}")
    assert {made(of, value="<b>") for _n in range(3)} == {"&lt;b&gt;"}


def test_what_differs_from_page_to_page_is_put_in_afterwards_and_escaped():
    of = template('{% csrf_token %}<a href="{{ back }}">{{ name }}</a>')
    for token, back in (("one", "/a/?b=1&c=2"), ("two", '"><script>')):
        text = made(of, {"csrf_token": token, "back": back}, name="x")
        assert f'value="{token}"' in text
        assert fragments.MARK not in text and "<script>" not in text
    assert "&quot;&gt;&lt;script&gt;" in text


def test_a_filter_on_what_is_put_in_afterwards_is_refused():
    with pytest.raises(NotGiven, match="afterwards"):
        made(template("{{ back|urlencode:'' }}"))


def test_a_token_is_not_made_where_no_form_wants_it():
    class Token:
        def __str__(self) -> str:
            raise AssertionError("somebody asked")

    assert made(template("{{ name }}"), {"csrf_token": Token()}, name="x") == "x"


def test_a_fragment_within_another_keeps_its_holes_and_its_end(clock):
    inner = "{% load words %}{% csrf_token %}{{ at|ago }}"
    engine = engines["django"].engine
    outer = template("{% load fragments %}{% fragment inner_template at=at %}")
    with pytest.raises(NotGiven):
        made(outer, at=NOW)
    engine_get = engine.get_template
    engine.get_template = lambda _name: template(inner)  # type: ignore[method-assign]
    try:
        of = template("{% load fragments %}{% fragment 'x' at=at %}")
        assert 'value="abc"' in made(of, {"csrf_token": "abc"}, at=NOW)
        assert 'value="def"' in made(of, {"csrf_token": "def"}, at=NOW)
        found = fragments.fragment_of(of, {"at": NOW})
        assert found.until == NOW + timedelta(minutes=1)
    finally:
        engine.get_template = engine_get  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("say", "away"),
    [
        (words.ago, timedelta()),
        (words.ago, timedelta(seconds=-59)),
        (words.ago, timedelta(minutes=-59, seconds=-20)),
        (words.ago, timedelta(hours=-23, minutes=-1)),
        (words.ago, timedelta(days=-13, hours=-5)),
        (words.ago, timedelta(minutes=5)),
        (words.ago, timedelta(days=-20)),
        (words.ago_to_ten_minutes, timedelta(minutes=-3)),
        (words.on_day, timedelta(days=-20)),
        (words.calendar_day, timedelta(days=3)),
        (words.time_left, timedelta(seconds=30)),
        (words.time_left, timedelta(minutes=1)),
        (words.time_left, timedelta(minutes=59, seconds=59)),
        (words.time_left, timedelta(hours=1)),
        (words.time_left, timedelta(hours=24, seconds=1)),
        (words.time_left, timedelta(days=9, hours=3)),
        (words.time_left_exactly, timedelta(days=1)),
    ],
)
def test_words_of_the_clock_are_remembered_until_they_change(say, away, clock):
    """The last moment at which they are the same, and the first at which they are others."""

    def said() -> str:
        return str(say(NOW + away))

    with fragments._watched() as making:
        before = said()
    clock(making.until - timedelta(microseconds=1))
    assert said() == before
    clock(making.until + timedelta(seconds=1))
    assert said() != before


def test_a_fragment_is_made_again_once_its_words_are_old(clock):
    of = template("{% load words %}{{ at|ago }}")
    assert "just now" in made(of, at=NOW)
    clock(NOW + timedelta(seconds=59))
    assert "just now" in made(of, at=NOW)
    clock(NOW + timedelta(seconds=61))
    assert "1 minute ago" in made(of, at=NOW)


def test_no_more_is_kept_than_so_many_bytes_and_what_is_used_stays(empty):
    of = template("{{ text }}")
    for n in range(400):
        made(of, text=f"{n:04}" + "x" * 500)
        made(of, text="asked for all the time")
        kept = {id(one): one for shelf in (empty._new, empty._old) for one in shelf.values()}
        assert sum(one.size for one in kept.values()) <= empty.most_bytes
    key = next(key for key in empty._new if "asked for all the time" in key)
    assert key in empty._new
    assert len(empty) < 100


@dataclass(frozen=True)
class Letter:
    text: str
    to: frozenset[str]


def test_the_bytes_of_what_it_is_remembered_by_count_however_deep_they_lie(empty):
    of = template("{{ letter.to|length }}")
    short, long = Letter("", frozenset({"Ada"})), Letter("x" * 9_000, frozenset({"y" * 9_000}))
    sizes = [fragments.fragment_of(of, {"letter": one}).size for one in (short, long)]
    assert sizes[1] - sizes[0] >= 18_000 - len("Ada")


def test_what_equals_another_kind_of_value_is_not_taken_for_it():
    of = template("{{ value }}")
    assert [made(of, value=value) for value in (1, True, 1.0)] == ["1", "True", "1.0"]


def test_a_filter_on_a_word_is_heeded():
    of = template('{% load fragments %}{% fragment "partials/mark.html" x=""|default:"mio" %}')
    (node,) = of.nodelist.get_nodes_by_type(FragmentNode)
    assert node.given["x"].resolve(Context()) == "mio"
    assert node.words == {}


def test_a_fragment_within_another_may_name_the_page(rf):
    inner = '{% fragment "partials/place.html" %}'
    inside = {"partials/place.html": "{{ here }}{{ here_quoted }}"}
    loaders = [("django.template.loaders.locmem.Loader", inside)]
    engine = Engine(loaders=loaders, libraries={"f": "web.templatetags.fragments"}, builtins=[])
    outer = engine.from_string("{% load f %}" + inner)
    page = Context({"request": rf.get("/b/?q=a")})
    found = fragments.fragment_of(outer, {}).filled(fragments.later_from(page, {}))
    assert found == "/b/?q=a%2Fb%2F%3Fq%3Da"
