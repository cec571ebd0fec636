"""Frames of an idea and of a board: without a script and without a cookie, for the key's sites."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.domain import keys
from accounts.domain.brands import change_address
from accounts.domain.participants import claimed
from accounts.models import Brand
from cocreate.lib.store import store
from cocreate.lib.text import slug_of
from ideas.domain import comments, decisions, exposure, showings, tally
from ideas.domain.deleting import delete_idea
from ideas.domain.ideas import set_hidden
from ideas.domain.votes import cast_as_user
from ideas.models import Attendance, Challenge, Comment, Exposure, Idea
from tests.api.conftest import queries_sent
from tests.embed.conftest import SHOP, host_of
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
    set_closed,
)

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
BLIND = {"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}


def frame(path, host=None, query="", client=None, **headers):
    key = f"?key={host.publishable}" if host else "?"
    headers = {"User-Agent": FIREFOX} | headers
    return (client or Client()).get(f"/embed/v1/{path}/{key}{query}", headers=headers)


def text_of(response):
    assert response.status_code == 200, response.content
    return response.content.decode()


def hrefs(text):
    return [link.replace("&amp;", "&") for link in re.findall(r'<a[^>]*href="([^"]*)"', text)]


# what it shows


def test_an_idea_with_a_link_that_casts_the_vote_on_the_site(host, idea, settings):
    text = text_of(frame(f"ideas/{idea.code}", host))
    assert idea.title in text
    assert f"{settings.PUBLIC_URL}/i/{idea.code}/vote/?value=1" in hrefs(text)
    assert f"{settings.PUBLIC_URL}/i/{idea.code}/vote/?value=-1" not in hrefs(text)
    assert "<script" not in text
    assert " style=" not in text
    for link in re.findall(r"<a\b[^>]*>", text):
        assert 'target="_blank"' in link
        assert 'rel="noopener' in link


def test_the_links_are_those_that_the_rules_allow(host, brand, settings):
    at = f"{settings.PUBLIC_URL}/i"
    both = make_idea(make_challenge(brand, mode="up_down"))
    links = hrefs(text_of(frame(f"ideas/{both.code}", host)))
    assert f"{at}/{both.code}/vote/?value=-1" in links
    graded = make_idea(make_challenge(brand, mode="points", max_points=3))
    links = hrefs(text_of(frame(f"ideas/{graded.code}", host)))
    wanted = [f"{at}/{graded.code}/vote/?value={n}" for n in (1, 2, 3)]
    assert [link for link in links if "vote" in link] == wanted


def test_where_nobody_votes_it_shows_the_count_and_no_link(host, brand, idea):
    set_closed(idea)
    team = make_idea(make_challenge(brand, who_votes="team"))
    for shown, note in ((idea, ""), (team, "Only the brand’s team votes here.")):
        text = text_of(frame(f"ideas/{shown.code}", host))
        assert not [link for link in hrefs(text) if "/vote/" in link]
        assert note in text
        assert "supporters" in text


@pytest.mark.django_db(transaction=True)
def test_hidden_counts_are_hidden_here_too(host, brand):
    challenge = make_challenge(brand, slug="blind", phases=[BLIND])
    idea = make_idea(challenge)
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    for path in (f"ideas/{idea.code}", "brands/mio"):
        assert '<span class="n">' not in text_of(frame(path, host))
    answer = frame("brands/mio", host, "&challenge=blind&sort=top")
    assert answer.status_code == 400
    assert "sorted by them" in answer.content.decode()


def test_what_the_brand_says_stands_beside_the_status_with_a_way_to_all_of_it(
    host, challenge, alice, settings
):
    planned, answered, plain = (make_idea(challenge) for _n in range(3))
    for words in ("Older **words**.", "We build it in *May*."):
        decisions.set_status(idea=planned, status="under_review", actor=alice, message=words)
    comments.answer(idea=answered, body="Thank you, all of you.", actor=alice)
    for path in ("brands/mio", f"ideas/{planned.code}"):
        text = text_of(frame(path, host, "&lang=en"))
        assert "We build it in May." in text
        assert "Older" not in text
        assert f"/i/{planned.code}/{slug_of(planned.title)}/#answers" in " ".join(hrefs(text))
    assert "Thank you, all of you." in text_of(frame("brands/mio", host, "&sort=new"))
    assert "#answers" not in text_of(frame(f"ideas/{plain.code}", host))


def test_what_the_brand_has_taken_back_is_said_no_more(host, idea, alice):
    decision = decisions.set_status(
        idea=idea, status="under_review", actor=alice, message="We build it."
    )
    said = comments.answer(idea=idea, body="Thank you.", actor=alice)
    assert "Thank you." in text_of(frame(f"ideas/{idea.code}", host, "&lang=en"))
    Comment.objects.filter(pk=said.pk).update(deleted_at=timezone.now())
    assert "We build it." in text_of(frame(f"ideas/{idea.code}", host, "&lang=fr"))
    decisions.undo(decision=decision, actor=alice)
    assert "We build it." not in text_of(frame(f"ideas/{idea.code}", host, "&theme=dark"))


def test_an_old_no_does_not_stand_beside_the_status_that_followed_it(host, idea, alice):
    decisions.set_status(
        idea=idea, status="declined", reason="too_costly", actor=alice,
        message="We never build this, for it is far too dear.",
    )  # fmt: skip
    assert "far too dear" in text_of(frame(f"ideas/{idea.code}", host, "&lang=en"))
    opened = decisions.set_status(idea=idea, status="under_review", actor=alice)
    text = text_of(frame(f"ideas/{idea.code}", host, "&lang=fr"))
    assert "far too dear" not in text
    assert "#answers" not in text
    decisions.undo(decision=opened, actor=alice)
    assert "far too dear" in text_of(frame(f"ideas/{idea.code}", host, "&theme=dark"))


def test_a_pinned_answer_outlives_a_status_without_words(host, idea, alice):
    comments.answer(idea=idea, body="Thank you.", actor=alice)
    decisions.set_status(idea=idea, status="under_review", actor=alice)
    assert "Thank you." in text_of(frame(f"ideas/{idea.code}", host))


def test_an_idea_that_became_part_of_another_is_shown_as_that_one(host, challenge):
    old, target = make_idea(challenge, title="Old one"), make_idea(challenge, title="Whole one")
    Idea.objects.filter(pk=old.pk).update(merged_into=target)
    text = text_of(frame(f"ideas/{old.code}", host))
    assert "Whole one" in text
    assert "Old one" not in text


def test_a_board_in_the_order_that_is_asked_for(host, challenge, settings):
    for n in range(3):
        make_idea(challenge, title=f"Idea number {n}")
    text = text_of(frame("brands/mio", host, "&sort=new&limit=2"))
    assert re.findall(r"Idea number \d", text)[::2] == ["Idea number 2", "Idea number 1"]
    assert f"{settings.PUBLIC_URL}/b/mio/" in hrefs(text)
    text = text_of(frame("brands/mio", host, "&challenge=street"))
    assert challenge.title in text
    assert f"{settings.PUBLIC_URL}/b/mio/c/street/" in hrefs(text)
    assert f"{settings.PUBLIC_URL}/b/mio/submit/?challenge=street" in hrefs(text)


def test_a_board_without_ideas_says_so(host):
    assert "No ideas to show yet." in text_of(frame("brands/mio", host))


def test_it_speaks_the_language_of_the_page_else_the_readers(host, idea):
    path = f"ideas/{idea.code}"
    assert 'lang="fr"' in text_of(frame(path, host, "&lang=fr"))
    assert 'lang="fr"' in text_of(frame(path, host, **{"Accept-Language": "fr-CA,en;q=0.5"}))
    assert 'lang="en"' in text_of(frame(path, host, "&lang=en", **{"Accept-Language": "fr"}))
    assert 'lang="en"' in text_of(frame(path, host, **{"Accept-Language": "tlh"}))


def test_it_is_light_or_dark_as_the_page_says(host, idea):
    for theme in ("auto", "light", "dark"):
        text = text_of(frame(f"ideas/{idea.code}", host, f"&theme={theme}"))
        assert f'class="framed {theme}"' in text


def test_what_people_wrote_is_only_text(host, challenge):
    """W15."""
    title = "</title></script><script>window.__xss=1</script>\u2028\"'"
    idea = make_idea(challenge, title=title, body="<img src=x onerror=alert(1)>")
    for path in (f"ideas/{idea.code}", "brands/mio"):
        text = text_of(frame(path, host))
        assert "<script" not in text
        assert "onerror" not in text or "&lt;img" in text


@pytest.mark.parametrize(
    "query",
    ["&colour=red", "&lang=xx", "&theme=</style>", "&limit=0", "&sort=votes", "&callback=alert(1)",
     "&lang=fr&lang=en", "&limit=1%00"],
)  # fmt: skip
def test_w15_a_parameter_that_is_not_ours_is_400_and_says_so_in_the_frame(host, idea, query):
    path = "brands/mio" if "limit" in query or "sort" in query else f"ideas/{idea.code}"
    answer = frame(path, host, query)
    assert answer.status_code == 400
    assert f"frame-ancestors {SHOP}" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert "</style>" not in answer.content.decode()
    assert "alert(1)" not in answer.content.decode()


def test_all_that_is_wrong_with_a_board_is_named_in_it(host, idea):
    answer = frame("brands/mio", host, "&limit=0&sort=votes&theme=pink&colour=red")
    assert answer.status_code == 400
    assert re.findall(r"<b>(\w+)</b>", answer.content.decode()) == [
        "colour", "sort", "limit", "theme"
    ]  # fmt: skip


# who may frame it


def test_w03_only_the_sites_of_the_key_may_frame_it(brand, idea):
    host = host_of(brand, SHOP, "https://blog.example:8443")
    for path in (f"ideas/{idea.code}", "brands/mio"):
        answer = frame(path, host)
        policy = dict(
            part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
        )
        assert policy["frame-ancestors"] == f"{SHOP} https://blog.example:8443"
        assert policy["default-src"] == "'none'"
        assert "script-src" not in policy
        assert policy["form-action"] == "'none'"
        assert "X-Frame-Options" not in answer


def test_w03_a_key_without_sites_is_framed_by_nobody(brand, idea):
    made = keys.create_key(brand=brand, scopes=["widget"], origins=[], rate=0, actor=None)
    answer = Client().get(f"/embed/v1/ideas/{idea.code}/?key={made[1]}")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


# what it does not show


def told(answer):
    headers = {n: v for n, v in answer.headers.items() if n != "X-Request-ID"}
    return answer.status_code, answer.content, sorted(headers.items())


def test_w08_what_is_not_for_the_key_is_as_if_it_were_not(host, idea, charlie, alice, make_host):
    street = idea.challenge
    hidden = make_idea(street)
    set_hidden(idea=hidden, hidden=True, actor=alice)
    deleted = make_idea(street, author=make_participant(street.brand, charlie))
    delete_idea(idea=deleted, actor=charlie)
    make_challenge(street.brand, slug="draft", published=False)
    club = make_brand("club", visibility="members")
    inside, club_host = make_idea(make_challenge(club, slug="club")), make_host(club)
    rival = make_host(make_brand("rival"))
    wrong = [
        frame("ideas/nothing9", host),
        frame(f"ideas/{idea.code}"),
        frame(f"ideas/{idea.code}", query="key="),
        frame(f"ideas/{idea.code}", query="key=cow_" + "a" * 32),
        frame(f"ideas/{idea.code}", query=f"key={host.publishable}&key={host.publishable}"),
        frame(f"ideas/{idea.code}", rival),
        frame(f"ideas/{hidden.code}", host),
        frame(f"ideas/{deleted.code}", host),
        frame(f"ideas/{inside.code}", club_host),
        frame(f"ideas/{inside.code}", host),
        frame("brands/mio"),
        frame("brands/mio", rival),
        frame("brands/nothing", host),
        frame("brands/club", club_host),
        frame("brands/club", host),
        frame("brands/mio", host, "&challenge=draft"),
        frame("brands/mio", host, "&challenge=nothing"),
        frame("brands/club", host, "&colour=red"),
    ]
    assert len({repr(told(answer)) for answer in wrong}) == 1
    assert wrong[0].status_code == 404
    assert "frame-ancestors 'none'" in wrong[0]["Content-Security-Policy"]
    assert wrong[0]["Cache-Control"] == "no-store"


def test_a_secret_key_opens_no_frame_and_is_told_to_be_replaced(brand, idea):
    secret = keys.create_key(brand=brand, scopes=["read"], origins=[], rate=0, actor=None)[1]
    answer = Client().get(f"/embed/v1/ideas/{idea.code}/?key={secret}")
    assert answer.status_code == 400
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_w06_no_cookie_is_read_or_set(host, idea, charlie):
    """A member sees, byte for byte, what a stranger sees, and is not looked for."""
    member = Client()
    member.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    member.cookies["cocreate_language"] = "fr"
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    for path in (f"ideas/{idea.code}", "brands/mio"):
        with queries_sent() as sent:
            answer = frame(path, host, client=member)
        assert not [query for query in sent if "session" in query]
        assert not answer.cookies
        assert "Cookie" not in answer["Vary"]
        assert told(answer) == told(frame(path, host))


def test_a_frame_varies_by_what_the_browser_prefers_only_where_its_address_names_no_language(
    host, idea
):
    for path in (f"ideas/{idea.code}", "brands/mio"):
        assert frame(path, host)["Vary"] == "Accept-Language"
        assert frame(path, host, "&lang=xx")["Vary"] == "Accept-Language"
        named = [frame(path, host, "&lang=fr", **{"Accept-Language": to}) for to in ("en", "fr")]
        assert told(named[0]) == told(named[1])
        assert "Vary" not in named[0]


def test_w06_a_frame_takes_no_post(host, idea):
    answer = Client().post(f"/embed/v1/ideas/{idea.code}/?key={host.publishable}", {"value": 1})
    assert answer.status_code == 405


def test_an_old_address_leads_to_todays(host, brand, alice):
    change_address(brand=brand, slug="mio-cars", actor=alice)
    answer = frame("brands/mio", host, "&limit=2")
    assert answer.status_code == 308
    assert answer["Location"] == f"/embed/v1/brands/mio-cars/?key={host.publishable}&limit=2"
    Brand.objects.filter(pk=brand.pk).update(visibility="members")
    assert told(frame("brands/mio", host)) == told(frame("brands/nothing", host))


# what is counted


@pytest.fixture
def nothing_seen():
    showings.waiting.send()
    there = store()
    for key in there.client.scan_iter("seen:*"):
        there.client.delete(key)


def times():
    showings.waiting.send()
    exposure.keep()
    return sum(Exposure.objects.values_list("times", flat=True))


def test_a_board_counts_what_it_shows_also_when_it_was_kept(nothing_seen, host, challenge):
    for _n in range(2):
        make_idea(challenge)
    frame("brands/mio", host)
    frame("brands/mio", host, **{"User-Agent": FIREFOX.replace("128", "129")})
    frame("brands/mio", host)
    assert times() == 4
    assert Attendance.objects.get(challenge=challenge).visits == 2


def test_a_board_counts_nothing_for_programs_and_prefetches(nothing_seen, host, idea):
    frame("brands/mio", host, **{"User-Agent": "curl/8.0"})
    frame("brands/mio", host, **{"Sec-Purpose": "prefetch"})
    frame(f"ideas/{idea.code}", host)
    assert times() == 0


def test_a_board_costs_the_same_queries_for_one_idea_and_for_three(host, challenge):
    counts = []
    frame("brands/mio", host)  # the key's first use writes its moment
    for n in (1, 2):
        for _n in range(n):
            make_idea(challenge)
        with queries_sent() as sent:
            text_of(frame("brands/mio", host, f"&limit={n + 10}"))
        counts.append(len(sent))
    assert counts == [7, 7]


def test_over_questions_are_shown_without_a_link_to_write(host, challenge, settings):
    Challenge.objects.filter(brand=challenge.brand).update(closed=True)
    links = hrefs(text_of(frame("brands/mio", host)))
    assert f"{settings.PUBLIC_URL}/b/mio/submit/" not in links


def test_a_nameless_author_is_somebody_and_the_brand_signs_its_own_alone(host, brand, challenge):
    stranger = claimed(brand=brand, key=None, external_id="old-7", email=None)
    theirs, own = make_idea(challenge, author=stranger), make_idea(challenge)
    signed = r'<(?:bdi|span) class="one-line">([^<]*)<'
    assert re.findall(signed, text_of(frame(f"ideas/{theirs.code}", host))) == ["Somebody"]
    assert re.findall(signed, text_of(frame(f"ideas/{own.code}", host))) == [brand.name]
