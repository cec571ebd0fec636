"""What the team narrows its list to, and how that survives paging, an idea, and the way back."""

from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.domain.people import change_profile
from accounts.models import Participant
from ideas.domain import comments, ideas, reports
from ideas.models import Idea, Score
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of

PAGE = "/desk/mio/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


def titles(desk, query):
    page = desk.get(f"{PAGE}?sort=new&{query}")
    assert page.status_code == 200
    return [idea.title for _place, idea in page.context["ideas"]]


@pytest.fixture
def four(challenge, bob, charlie):
    """Submitted, planned, answered, reported; the last is the newest."""
    author = make_participant(challenge.brand)
    gone = make_idea(challenge, author=author, title="gone")
    ideas.set_hidden(idea=gone, hidden=True, actor=bob)
    made = [
        make_idea(challenge, author=author, title=f"{title}-idea")
        for title in ("Submitted", "Planned", "Answered", "Reported")
    ]
    Idea.objects.filter(pk=made[1].pk).update(status="planned")
    comments.answer(idea=made[2], body="We hear you.", actor=bob)
    reports.report(
        idea=made[3], comment=None, reporter=make_participant(challenge.brand, charlie),
        reason="spam",
    )  # fmt: skip
    return made


def test_each_filter_narrows_and_together_they_narrow_more(desk, four):
    assert titles(desk, "status=planned") == ["Planned-idea"]
    assert titles(desk, "unanswered=1") == ["Reported-idea", "Planned-idea", "Submitted-idea"]
    assert titles(desk, "reported=1") == ["Reported-idea"]
    assert titles(desk, "reported=1&unanswered=1&q=report") == ["Reported-idea"]
    assert titles(desk, "reported=1&status=planned") == []
    assert titles(desk, "unanswered=1&challenge=street&q=planned") == ["Planned-idea"]
    assert titles(desk, "status=nonsense") == []


def test_hidden_ideas_are_listed_alone_and_for_the_team_alone(desk, four, member, visitor, bob):
    assert "gone" not in titles(desk, "")
    ideas.set_hidden(idea=four[0], hidden=True, actor=bob)
    assert titles(desk, "hidden=1&q=submitted") == ["Submitted-idea"]
    assert set(titles(desk, "hidden=1")) == {"Submitted-idea", "gone"}
    assert member.get(f"{PAGE}?hidden=1").status_code == 403
    for path in ("/b/mio/c/street/?hidden=1&sort=new", "/b/mio/?hidden=1"):
        assert "Submitted-idea" not in text_of(visitor.get(path))
        assert "Reported-idea" in text_of(visitor.get(path))


def test_an_answer_that_is_hidden_or_deleted_answers_nothing(desk, four, bob):
    (answer,) = comments.answers_of(four[2])
    comments.set_hidden(comment=answer, hidden=True, actor=bob)
    assert "Answered-idea" in titles(desk, "unanswered=1")
    comments.set_hidden(comment=answer, hidden=False, actor=bob)
    assert "Answered-idea" not in titles(desk, "unanswered=1")
    comments.delete(comment=answer, actor=bob)
    assert "Answered-idea" in titles(desk, "unanswered=1")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("100%25+rain", "100% rain"),
        ("a_b", "a_b and c"),
        ("%27quoted%27", "It's 'quoted' \"twice\""),
        ("%22quoted+twice%22", "It's 'quoted' \"twice\""),
        ("back%5Cslash", "back\\slash"),
        ("RAIN", "100% rain"),
        ("rain+-drains", "100% rain"),
        ("desks+secrets", "Only a desk"),
    ],
)
def test_a_search_means_what_it_says(desk, challenge, query, found):
    wanted = ["100% rain", "a_b and c", "It's 'quoted' \"twice\"", "back\\slash"]
    for title in [*wanted, "100 drains of rain water", "axb"]:
        make_idea(challenge, title=title)
    make_idea(challenge, title="Only a desk", body="With a secret drawer.")
    assert found in titles(desk, f"q={query}")
    if query in {"a_b", "back%5Cslash", "rain+-drains", "desks+secrets"}:
        assert titles(desk, f"q={query}") == [found]


def test_a_search_finds_the_authors_name_and_the_code(desk, challenge, charlie, mallory):
    mine = make_idea(challenge, author=make_participant(challenge.brand, charlie), title="Mine")
    rival = make_idea(make_challenge(mallory.memberships.get().brand), title="Mine, too")
    change_profile(
        user=charlie, display_name="Żółć Lefèvre", handle="zolc", language="en", time_zone="",
        interests=[],
    )  # fmt: skip
    assert titles(desk, "q=żółć") == ["Mine"]
    assert titles(desk, f"q={mine.code}") == ["Mine"]
    assert titles(desk, f"q={mine.code.upper()}") == ["Mine"]
    assert titles(desk, f"q={rival.code}") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("李", {"Of Li"}),
        ("小明", {"Of Xiaoming"}),
        ("明", {"Of Xiaoming"}),
        ("王小明", {"Of Xiaoming"}),
        ("яя", {"Of Zoya"}),
        ("Зо", {"Of Zoya"}),
        ("зо", {"Of Zoya"}),
        ("_李", set()),
        ("Ж", set()),
    ],
)
def test_short_names_in_other_letters_are_found(desk, challenge, charlie, mallory, text, found):
    member = make_participant(challenge.brand, charlie)
    change_profile(
        user=charlie, display_name="李", handle="li", language="en", time_zone="", interests=[]
    )
    make_idea(challenge, author=member, title="Of Li")
    rival = mallory.memberships.get().brand
    for brand, name, title in (
        (challenge.brand, "王小明", "Of Xiaoming"),
        (challenge.brand, "Зояя", "Of Zoya"),
        (rival, "李小明 Зояя", "Elsewhere"),
    ):
        place = challenge if brand == challenge.brand else make_challenge(brand)
        guest = Participant.objects.create(brand=brand, display_name=name)
        make_idea(place, author=guest, title=title)
    assert set(titles(desk, f"q={text}")) == found


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%25", "q=" + "x+" * 300, "status=%00", "status=%C3%A9", "hidden=%00"]
)
def test_odd_filters_are_a_page(desk, challenge, query):
    make_idea(challenge)
    assert desk.get(f"{PAGE}?{query}").status_code == 200


def test_an_order_that_a_phase_hides_gives_way_to_a_filter(desk, brand):
    phases = [{"title": "Blind", "verbs": ["vote", "submit"], "hides_counts": True}]
    make_idea(make_challenge(brand, slug="blind", phases=phases), title="Nobody knows")
    page = desk.get(f"{PAGE}?sort=hot&challenge=blind")
    assert (page.status_code, page.context["sort"]) == (200, "random")


def test_filters_survive_paging_an_idea_and_the_way_back(desk, challenge, brand):
    for n in range(52):
        make_idea(challenge, title=f"Rain {n}")
    make_idea(challenge, title="Sun")
    asked = f"{PAGE}?q=rain&unanswered=1&challenge=street&sort=new"
    first = desk.get(asked)
    more = next(line for line in first.content.decode().split('"') if "cursor=" in line)
    second = desk.get(PAGE + more.replace("&amp;", "&"))
    assert [idea.title for _place, idea in second.context["ideas"]] == ["Rain 1", "Rain 0"]
    link = next(
        part for part in second.content.decode().split('"') if part.startswith("/desk/mio/ideas/")
    ).replace("&amp;", "&")
    page = desk.get(link)
    back = urlsplit(page.context["listing"].path)
    kept = {name: values[0] for name, values in parse_qs(back.query).items()}
    cursor = kept.pop("cursor")
    assert kept == {
        "q": "rain", "unanswered": "1", "challenge": "street", "sort": "new", "from": "51",
    }  # fmt: skip
    again = desk.get(f"{back.path}?{back.query}")
    assert [place for place, _idea in again.context["ideas"]] == [51, 52]
    assert cursor == first.context["next"]
    answered = desk.post(
        page.context["here"].replace("/?", "/notes/?"), {"body": "Seen."}, follow=True
    )
    assert answered.context["listing"].path == page.context["listing"].path


def walk(desk, start, rel, query):
    """Codes from one idea on, by the links of its page."""
    codes, code = [], start
    while code:
        assert len(codes) < 20
        codes.append(code)
        beside = desk.get(f"{PAGE}ideas/{code}/?{query}").context["beside"]
        code = getattr(beside, rel)
    return codes


@pytest.mark.parametrize("query", ["sort=new", "sort=top", "sort=hot", "sort=hot&challenge=street"])
def test_previous_and_next_walk_the_list_both_ways(desk, challenge, query):
    made = [make_idea(challenge) for _n in range(6)]
    Score.objects.filter(pk__in=[made[2].pk, made[4].pk]).update(points=3, hot=2.5, brand_hot=2.5)
    page = desk.get(f"{PAGE}?{query}")
    listed = [idea.code for _place, idea in page.context["ideas"]]
    assert walk(desk, listed[0], "after", query) == listed
    assert walk(desk, listed[-1], "before", query) == listed[::-1]


def test_a_random_list_is_a_circle(desk, challenge):
    codes = {make_idea(challenge).code for _n in range(3)}
    start = seen = min(codes)
    walked = []
    for _n in range(3):
        seen = desk.get(f"{PAGE}ideas/{seen}/?sort=random").context["beside"].after
        walked.append(seen)
    assert set(walked) == codes
    assert walked[-1] == start
    Idea.objects.exclude(code=start).update(hidden=True)
    alone = desk.get(f"{PAGE}ideas/{start}/?sort=random").context["beside"]
    assert (alone.before, alone.after) == (None, None)


def test_an_idea_that_its_filter_has_lost_still_has_its_neighbours(desk, four):
    query = "sort=new&unanswered=1"
    Idea.objects.filter(pk=four[1].pk).update(status="planned")
    beside = desk.get(f"{PAGE}ideas/{four[2].code}/?{query}").context["beside"]
    assert (beside.before, beside.after) == (four[3].code, four[1].code)
    alone = make_idea(four[0].challenge, title="Alone")
    beside = desk.get(f"{PAGE}ideas/{alone.code}/?sort=new&q=alone").context["beside"]
    assert (beside.before, beside.after) == (None, None)


def test_no_neighbour_tells_the_place_that_a_phase_hides(desk, brand, challenge):
    phases = [{"title": "Blind", "verbs": ["vote", "submit"], "hides_counts": True}]
    blind = make_idea(make_challenge(brand, slug="blind", phases=phases))
    shown = [make_idea(challenge) for _n in range(2)]
    Score.objects.filter(pk=blind.pk).update(points=3, brand_hot=3)
    Score.objects.filter(pk=shown[0].pk).update(points=5, brand_hot=5)
    for query in ("sort=top", "sort=hot", "sort=top&challenge=street"):
        beside = desk.get(f"{PAGE}ideas/{blind.code}/?{query}").context["beside"]
        assert (beside.before, beside.after) == (None, None)
    beside = desk.get(f"{PAGE}ideas/{blind.code}/?sort=new").context["beside"]
    assert (beside.before, beside.after) == (shown[0].code, None)
