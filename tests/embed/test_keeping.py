"""What is kept of embeds: how old it may be, who makes it anew, and what a lost store costs."""

import secrets
import threading
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from accounts.domain import keys
from accounts.domain.people import change_profile
from accounts.models import Activity, Brand, User
from api import keeping
from api.embed.frames import OF_BOARD
from api.keeping import Found, Kept, Place, kept, place_of
from api.shared import SHARED
from cocreate.lib.store import store
from ideas.domain import orders, tally
from ideas.domain.ideas import edit_idea, set_hidden
from ideas.domain.stamps import stamp_of
from ideas.domain.votes import cast_as_user
from ideas.models import CoAuthor
from tests.api.conftest import Api, queries_sent
from tests.embed.conftest import SHOP, host_of
from tests.factories import make_idea, make_participant, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["frame", "json", "board"])
def paths(request, host, idea):
    """Of an idea and of a board, in both faces."""
    root = "/embed/v1/" if request.param == "frame" else "/api/v1/"
    lists = {"frame": "", "json": "ideas/", "board": "board/"}
    board = f"brands/mio/{lists[request.param]}"
    key = f"?key={host.publishable}"
    return [f"{root}ideas/{idea.code}/{key}", f"{root}{board}{key}&sort=new"]


def get(path, **headers):
    return Client().get(path, headers=headers)


def place_at(path):
    return place_of(RequestFactory().get(path), "en", {*SHARED, *OF_BOARD})


def test_a_second_reader_costs_no_query(paths):
    for path in paths:
        first = get(path)
        assert first.status_code == 200
        with queries_sent() as sent:
            again = get(path)
        assert (again.content, again["ETag"]) == (first.content, first["ETag"])
        assert sent == []


def test_what_still_holds_after_a_second_costs_one_query(paths, a_second_later):
    for path in paths:
        first = get(path)
        a_second_later()
        with queries_sent() as sent:
            again = get(path)
        assert again.content == first.content
        assert len(sent) == 1
        with queries_sent() as sent:
            get(path)
        assert sent == []


def test_a_fold_changes_it_within_a_second(paths, idea, a_second_later):
    before = [get(path) for path in paths]
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    assert [get(path).content for path in paths] == [each.content for each in before]
    a_second_later()
    after = [get(path) for path in paths]
    for old, new in zip(before, after, strict=True):
        assert new.content != old.content
        assert new["ETag"] != old["ETag"]


def by_edit(idea, alice):
    edit_idea(idea=idea, actor=alice, title="A cabin that folds away")


def by_name(idea, alice):
    Brand.objects.filter(pk=idea.brand_id).update(name="Renamed Motors")


def by_script(idea, alice):
    """Past every verb."""
    type(idea).objects.filter(pk=idea.pk).update(title="A cabin that folds away", revision=9)


@pytest.mark.parametrize("change", [by_edit, by_script])
def test_a_change_of_the_idea_shows_within_a_second(paths, idea, alice, a_second_later, change):
    path = paths[0]
    get(path)
    change(idea, alice)
    a_second_later()
    assert "A cabin that folds away" in get(path).content.decode()


def test_an_edit_shows_on_the_board(paths, idea, alice, a_second_later):
    get(paths[1])
    by_edit(idea, alice)
    a_second_later()
    assert "A cabin that folds away" in get(paths[1]).content.decode()


def rename(user, name):
    change_profile(
        user=user, display_name=name, handle=f"{user.handle}2", language=user.language,
        time_zone="", interests=[],
    )  # fmt: skip


def test_a_new_name_of_the_author_shows_on_the_idea_and_the_board(paths, idea, a_second_later):
    for path in paths:
        get(path)
    rename(idea.author.user, "Renamed by herself")
    a_second_later()
    for path in paths:
        assert "Renamed by herself" in get(path).content.decode()


def test_a_new_name_of_a_co_author_shows_on_the_idea(host, idea, a_second_later):
    participant = make_participant(idea.brand)
    CoAuthor.objects.create(idea=idea, participant=participant, answer="accepted")
    path = f"/api/v1/ideas/{idea.code}/?key={host.publishable}"
    get(path)
    rename(participant.user, "Renamed by herself")
    a_second_later()
    assert get(path).json()["co_authors"][0]["name"] == "Renamed by herself"


def test_a_new_idea_shows_on_the_board(paths, challenge, a_second_later):
    get(paths[1])
    make_idea(challenge, title="One more idea")
    a_second_later()
    assert "One more idea" in get(paths[1]).content.decode()


def end_key(host, idea, alice):
    keys.revoke_key(key=host.key, actor=alice)


def turn_private(host, idea, alice):
    Brand.objects.filter(pk=idea.brand_id).update(visibility="members")


def hide(host, idea, alice):
    set_hidden(idea=idea, hidden=True, actor=alice)


@pytest.mark.parametrize("end", [end_key, turn_private, hide])
def test_w12_z09_what_is_gone_is_gone_within_a_second(
    paths, host, idea, alice, a_second_later, end
):
    path = paths[0]
    tag = get(path)["ETag"]
    end(host, idea, alice)
    a_second_later()
    for headers in ({}, {"If-None-Match": tag}):
        answer = get(path, **headers)
        assert answer.status_code in {401, 404}
        assert answer["Cache-Control"] in {"no-store", "private, no-store"}
    assert get(path).status_code in {401, 404}


@pytest.mark.parametrize("end", [end_key, turn_private, hide])
def test_w12_z09_whoever_comes_long_after_gets_nothing_that_is_gone(
    paths, host, idea, alice, a_while_later, end
):
    """The first of them looks, and is slow; the others do not get what there was."""
    path = paths[0]
    assert get(path).status_code == 200
    end(host, idea, alice)
    a_while_later()
    place = place_at(path)
    assert place is not None
    assert place.look().raw is not None
    assert place.take_turn()
    assert get(path).status_code in {401, 404}


def test_however_parameters_are_written_one_answer_serves_them(paths):
    for path in paths:
        first = get(path)
        address, _mark, query = path.partition("?")
        turned = "&".join(reversed(query.split("&")))
        for other in (f"{query}&", f"&&{query}", turned, query.replace("key=", "%6Bey=")):
            with queries_sent() as sent:
                assert get(f"{address}?{other}").content == first.content
            assert sent == []


def test_what_names_an_unknown_parameter_or_one_twice_is_refused_and_not_kept(paths):
    for path in paths:
        for wrong in ("&colour=red", "&limit=1&limit=1"):
            assert get(path + wrong).status_code == 400
            assert place_at(path + wrong) is None


def test_a_known_version_is_304(paths):
    for path in paths:
        sent_tag = get(path)["ETag"]
        tag = sent_tag.removeprefix("W/")
        for sent in (tag, f"W/{tag}", f'"other", {tag}'):
            answer = get(path, **{"If-None-Match": sent})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer["ETag"] == sent_tag
        assert get(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_it_works_with_the_store_away(no_store, paths):
    for path in paths:
        first, again = get(path), get(path)
        assert first.status_code == again.status_code == 200
        assert first.content == again.content


def test_a_cookie_has_no_say_in_the_language_of_what_caches_share(paths):
    reader = Client()
    reader.cookies["cocreate_language"] = "fr"
    for path in paths:
        answer = reader.get(path, headers={"Accept-Language": "en"})
        assert answer["Content-Language"] == "en"
        assert answer.content == get(path, **{"Accept-Language": "en"}).content


def test_languages_and_keys_do_not_share(brand, idea, paths):
    other = host_of(brand, "https://blog.example")
    french = get(paths[0], **{"Accept-Language": "fr"})
    english = get(paths[0], **{"Accept-Language": "en"})
    assert "fr" in french["Content-Language"] or french.content != english.content
    mine = get(paths[0].partition("?")[0] + f"?key={other.publishable}")
    policy = mine.get("Content-Security-Policy", "")
    assert SHOP not in policy


# JSON


def test_sites_read_the_same_answer_each_under_its_own_name(brand, idea):
    host = host_of(brand, SHOP, "https://blog.example")
    path = f"/api/v1/ideas/{idea.code}/?key={host.publishable}"
    for origin in (SHOP, "https://blog.example", "https://evil.example"):
        answer = get(path, Origin=origin)
        allowed = origin if "evil" not in origin else None
        assert answer.get("Access-Control-Allow-Origin") == allowed
        assert {"Origin", "Authorization"} <= set(answer["Vary"].split(", "))
        assert "Cookie" not in answer["Vary"]
        assert answer["Cache-Control"] == "public, max-age=0, s-maxage=5"


def test_what_a_session_reads_is_not_kept_and_what_is_kept_is_not_for_a_session(host, idea):
    visitor, path = host.visitor(), f"ideas/{idea.code}/?key={host.publishable}"
    host.browser().get(path)
    visitor.put(f"ideas/{idea.code}/vote/", {"value": 1})
    assert visitor.get(path).json()["my_vote"] == 1
    assert host.browser().get(path).json()["my_vote"] is None


def test_a_search_and_a_page_further_on_are_not_kept(host, challenge):
    for _n in range(3):
        make_idea(challenge)
    key = f"key={host.publishable}"
    first = Api().get(f"brands/mio/ideas/?{key}&sort=new&limit=1").json()
    for query in ("&q=cabin", f"&sort=new&limit=1&cursor={first['next']}"):
        for _n in range(2):
            with queries_sent() as sent:
                assert Api().get(f"brands/mio/ideas/?{key}{query}").status_code == 200
            assert sent


def test_an_order_of_chance_is_drawn_anew_each_second(host, challenge, a_second_later):
    for _n in range(12):
        make_idea(challenge)
    path = f"brands/mio/ideas/?key={host.publishable}&sort=random"
    found = set()
    for _n in range(6):
        found.add(tuple(row["code"] for row in Api().get(path).json()["results"]))
        a_second_later()
    assert len(found) > 1


# the stamp


def test_a_stamp_changes_with_all_that_an_idea_shows(host, idea, alice):
    def stamp():
        return stamp_of(prefix=host.key.prefix, code=idea.code)

    found = [stamp()]
    by_edit(idea, alice)
    found.append(stamp())
    cast_as_user(code=idea.code, user_id=alice.pk, value=1)
    assert stamp() == found[-1]
    tally.fold_until_settled()
    found.append(stamp())
    by_name(idea, alice)
    found.append(stamp())
    User.objects.filter(participants=idea.author).update(display_name="Another")
    found.append(stamp())
    challenge = idea.challenge
    target = make_idea(challenge)
    type(challenge).objects.filter(pk=challenge.pk).update(closed=True)
    found.append(stamp())
    type(idea).objects.filter(pk=idea.pk).update(merged_into=target)
    found.append(stamp())
    type(idea).objects.filter(pk=target.pk).update(title="The whole")
    found.append(stamp())
    assert len(set(found)) == len(found)
    keys.revoke_key(key=host.key, actor=alice)
    assert stamp() is None


def test_a_stamp_changes_with_all_that_a_board_shows(host, brand, challenge, alice):
    def stamp():
        return stamp_of(prefix=host.key.prefix)

    found = [stamp()]
    idea = make_idea(challenge)
    found.append(stamp())
    cast_as_user(code=idea.code, user_id=alice.pk, value=1)
    tally.fold_until_settled()
    found.append(stamp())
    orders.rebuild_all_of(brand.pk)
    found.append(stamp())
    by_name(idea, alice)
    found.append(stamp())
    assert len(set(found)) == len(found)


def test_a_stamp_of_a_board_changes_with_what_is_committed_late(host, brand, challenge):
    """An activity that began before the last one."""
    make_idea(challenge)
    before = stamp_of(prefix=host.key.prefix)
    late = Activity.objects.create(
        brand=brand, kind="idea.edited", subject_kind="idea", subject_code="x"
    )
    Activity.objects.filter(pk=late.pk).update(at=late.at - timedelta(minutes=1))
    assert stamp_of(prefix=host.key.prefix) != before


# one makes it for all


def a_place():
    return Place(("test", secrets.token_hex(8)))


def test_of_many_that_come_at_once_one_makes_it():
    place, made, hold = a_place(), [], threading.Event()

    def make():
        made.append(1)
        hold.wait(5)
        return Kept(b"body", '"tag"', [])

    answers = []

    def ask():
        answers.append(kept(place, lambda: "1", make).body)

    threads = [threading.Thread(target=ask) for _n in range(8)]
    for thread in threads:
        thread.start()
    while not made:
        threading.Event().wait(0.01)
    hold.set()
    for thread in threads:
        thread.join()
    assert answers == [b"body"] * 8
    assert len(made) == 1


def test_while_one_makes_it_anew_the_others_get_what_there_is(a_second_later):
    place, begun, hold = a_place(), threading.Event(), threading.Event()
    kept(place, lambda: "1", lambda: Kept(b"old", '"old"', []))
    a_second_later()

    def make():
        begun.set()
        hold.wait(5)
        return Kept(b"new", '"new"', [])

    thread = threading.Thread(target=lambda: kept(place, lambda: "2", make))
    thread.start()
    begun.wait(5)
    assert kept(place, lambda: "2", make).body == b"old"
    hold.set()
    thread.join()
    assert kept(place, lambda: "2", make).body == b"new"


def test_what_is_refused_is_not_kept_and_keeps_nobody_waiting(a_second_later):
    place = a_place()
    kept(place, lambda: "1", lambda: Kept(b"old", '"old"', []))
    a_second_later()

    def refuse():
        raise LookupError

    for _n in range(2):
        with pytest.raises(LookupError):
            kept(place, lambda: None, refuse)
    assert place.look() == Found(None, False, None)


def test_whoever_waits_for_what_is_refused_stops_with_it(monkeypatch):
    """And does not wait for the next one's turn."""
    place = a_place()
    assert place.take_turn()
    looks = []

    def refused_meanwhile(_seconds):
        looks.append(1)
        place.forget()
        assert place.take_turn()

    monkeypatch.setattr(keeping.time, "sleep", refused_meanwhile)
    assert place.wait().given is None
    assert len(looks) == 1


def test_a_look_that_finds_it_as_it_was_does_not_make_it_younger(a_second_later, monkeypatch):
    place = a_place()
    kept(place, lambda: "1", lambda: Kept(b"old", '"old"', []))
    before = store().client.get(place.name)
    a_second_later()
    assert kept(place, lambda: "1", lambda: Kept(b"new", '"new"', [])).body == b"old"
    assert store().client.get(place.name) == before
    monkeypatch.setattr(keeping, "KEPT_SECONDS", 0)
    a_second_later()
    assert kept(place, lambda: "1", lambda: Kept(b"new", '"new"', [])).body == b"new"


def test_nobody_waits_while_an_old_answer_is_made_anew(a_second_later, monkeypatch):
    place = a_place()
    kept(place, lambda: "1", lambda: Kept(b"old", '"old"', []))
    monkeypatch.setattr(keeping, "KEPT_SECONDS", 0)
    monkeypatch.setattr(keeping.time, "sleep", pytest.fail)
    a_second_later()

    def slowly():
        """Others ask meanwhile."""
        assert kept(place, lambda: "1", pytest.fail).body == b"old"
        return Kept(b"new", '"new"', [])

    assert kept(place, lambda: "1", slowly).body == b"new"
    assert store().client.ttl(place.name) > 20  # no sooner than the one after next is there


def test_what_was_long_in_the_making_is_looked_at_before_anybody_gets_it(monkeypatch):
    place = a_place()
    monkeypatch.setattr(keeping, "RECENT_MS", 0)
    kept(place, lambda: "1", lambda: Kept(b"old", '"old"', []))
    while place.look().is_recent:  # a thousandth of a second
        threading.Event().wait(0.01)
    assert kept(place, lambda: "2", lambda: Kept(b"new", '"new"', [])).body == b"new"
