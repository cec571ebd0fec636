"""Saved views at the desk."""

import pytest
from django.utils.html import escape

from accounts.domain import teams
from ideas.domain import saved_views
from ideas.models import Challenge, SavedView, StatusStep
from tests.factories import make_idea
from tests.web.conftest import reader, text_of
from web.desk.undo import undo_path

PAGE = "/desk/mio/"
VIEWS = f"{PAGE}views/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


def save(client, query, name="Waiting", **sent):
    return client.post(f"{VIEWS}?{query}", {"name": name} | sent, follow=True)


def undo_in(page):
    (path,) = [found for message in page.context["messages"] if (found := undo_path(message))]
    return path


def change(client, view, act, **sent):
    return client.post(f"{VIEWS}{view.code}/", {"act": act} | sent, follow=True)


def test_the_list_as_it_is_narrowed_is_kept_under_a_name(desk, challenge):
    make_idea(challenge, title="A roof")
    narrowed = "unanswered=1&q=roof&sort=top&cursor=x&from=51"
    page = save(desk, narrowed)
    assert page.redirect_chain[0][0].startswith(f"{PAGE}?q=roof&unanswered=1&sort=top")
    view = SavedView.objects.get()
    assert view.query == "q=roof&unanswered=1&sort=top"
    page = desk.get(f"{PAGE}?{view.query}")
    assert page.context["view"].view == view
    assert (
        f'href="?{view.query.replace("&", "&amp;")}" aria-current="true"' in page.content.decode()
    )
    assert desk.get(PAGE).context["view"] is None


def test_the_order_that_a_list_has_by_itself_is_kept_too(desk, challenge):
    save(desk, "q=roof")
    assert SavedView.objects.get().query == "q=roof&sort=hot"
    assert desk.get(f"{PAGE}?q=roof").context["view"] is not None


def test_for_oneself_or_for_the_team(desk, rita, alice):
    save(desk, "q=roof", "Mine")
    save(desk, "q=car", "Ours", for_team="on")
    names = lambda user: [one.view.name for one in reader(user).get(PAGE).context["views"]]  # noqa: E731
    assert names(alice) == ["Ours"]
    assert save(reader(rita), "q=x", "Hers", for_team="on").status_code == 403
    save(reader(rita), "q=x", "Hers")
    assert names(rita) == ["Ours", "Hers"]


def test_a_name_that_is_refused_comes_back(desk):
    save(desk, "q=roof", "Waiting")
    page = save(desk, "q=car", "waiting")
    assert page.status_code == 400
    assert "There is a view of this name." in text_of(page)
    assert 'value="waiting"' in page.content.decode()
    assert 'action="/desk/mio/views/?q=car"' in page.content.decode()


def test_a_view_is_renamed_moved_and_deleted(desk, brand, bob):
    for name in ("A", "B"):
        save(desk, f"q={name}", name)
    first, second = saved_views.views_of(brand, bob)
    assert "The view is now called “Z”." in text_of(change(desk, first, "rename", name="Z"))
    change(desk, second, "up")
    assert [view.name for view in saved_views.views_of(brand, bob)] == ["B", "Z"]
    change(desk, second, "down")
    page = change(desk, first, "rename", name=" ")
    assert page.status_code == 400
    assert "Give the view a name." in text_of(page)
    assert "The view “Z” is deleted." in text_of(change(desk, first, "remove"))
    assert list(SavedView.objects.values_list("name", flat=True)) == ["B"]


def test_a_deleted_view_is_brought_back_by_what_says_that_it_is_deleted(desk, brand, bob):
    for name in ("A", "B"):
        save(desk, f"q={name}", name)
    first, _second = saved_views.views_of(brand, bob)
    page = desk.post(f"{VIEWS}{first.code}/?q=roof", {"act": "remove"}, follow=True)
    undo = undo_in(page)
    assert f'action="{escape(undo)}"' in page.content.decode()
    page = desk.post(undo, follow=True)
    assert page.redirect_chain[0][0] == f"{VIEWS}?q=roof"
    assert "The view “A” is back." in text_of(page)
    found = [(view.name, view.query) for view in saved_views.views_of(brand, bob)]
    assert found == [("A", "q=A&sort=hot"), ("B", "q=B&sort=hot")]
    again = text_of(desk.post(undo, follow=True))
    assert "That is undone already, or it is too late to." in again


def test_a_deleted_view_stays_away_when_its_name_was_taken(desk):
    save(desk, "q=roof")
    undo = undo_in(change(desk, SavedView.objects.get(), "remove"))
    save(desk, "q=car")
    said = text_of(desk.post(undo, follow=True))
    assert "The view did not come back. There is a view of this name." in said
    assert SavedView.objects.get().query == "q=car&sort=hot"


def test_where_nothing_can_be_undone_no_button_says_so(desk, settings):
    settings.UNDO_SECONDS = 0
    save(desk, "q=roof")
    page = change(desk, SavedView.objects.get(), "remove")
    assert "The view “Waiting” is deleted." in text_of(page)
    assert 'class="undo"' not in page.content.decode()


def test_a_view_of_another_is_not_there(desk, rita, mallory):
    save(reader(rita), "q=x", "Hers")
    view = SavedView.objects.get()
    assert change(desk, view, "remove").status_code == 404
    assert change(reader(mallory), view, "remove").status_code == 403
    assert SavedView.objects.exists()


def test_an_analyst_opens_the_teams_and_changes_none(desk, rita):
    save(desk, "q=car", "Ours", for_team="on")
    client = reader(rita)
    assert change(client, SavedView.objects.get(), "remove").status_code == 403
    assert 'value="remove"' not in client.get(VIEWS).content.decode()


def test_the_first_nine_have_keys(desk):
    for n in range(10):
        save(desk, f"q={n}", f"View {n}")
    views = desk.get(PAGE).context["views"]
    assert [one.key for one in views] == [*"123456789", ""]


def test_a_view_of_what_is_no_more_says_so(desk, brand, alice, bob, rita, challenge):
    StatusStep.objects.create(brand=brand, key="on_ice", labels={"en": "On ice"}, place=1)
    for query in ("status=on_ice", "challenge=street", "owner=rita", "owner=-me"):
        save(desk, query, query)
    assert not any(one.problem for one in desk.get(PAGE).context["views"])
    StatusStep.objects.filter(key="on_ice").delete()
    Challenge.objects.filter(slug="street").update(slug="road")
    teams.remove_member(brand=brand, user=rita, actor=alice)
    page = desk.get(f"{PAGE}?status=on_ice")
    assert [one.problem for one in page.context["views"]] == [
        "Its status is no more: “On ice”.", "Its question is no more.",
        "Nobody in the team is called @rita any more.", "",
    ]  # fmt: skip
    assert "Its status is no more: “On ice”. Narrow the list anew" in text_of(page)


def test_a_view_leads_to_the_list_and_nowhere_else(desk, brand, bob):
    save(desk, "q=roof")
    SavedView.objects.update(query="next=//evil.example&q=roof&cursor=x")
    assert desk.get(PAGE).context["views"][0].query == "q=roof"


def test_without_views_the_page_says_how_to_get_one(desk):
    assert "No views yet." in text_of(desk.get(VIEWS))


@pytest.mark.parametrize("there", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(desk, there, django_assert_num_queries):
    for n in range(there):
        save(desk, f"q={n}", f"View {n}")
    # session and user, brand, role, statuses, views, questions, phases, team, unread
    with django_assert_num_queries(9):
        desk.get(VIEWS)
