"""Views of the desk's list, kept under a name."""

import pytest

from accounts.domain import teams
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from ideas.domain import saved_views as views
from ideas.models import SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(brand, bob):
    def save(name, user=bob, **over):
        return views.keep(brand=brand, user=user, name=name, query="sort=top", **over)

    return save


def names(brand, user):
    return [view.name for view in views.views_of(brand, user)]


def test_the_teams_come_first_and_nobody_sees_anothers_own(brand, save, alice, bob, rita):
    save("Mine")
    save("Ours", for_team=True)
    save("Hers", user=rita)
    assert names(brand, bob) == ["Ours", "Mine"]
    assert names(brand, rita) == ["Ours", "Hers"]
    assert names(brand, alice) == ["Ours"]


def test_an_analyst_keeps_views_for_themselves_alone(save, brand, rita):
    with pytest.raises(NotAllowed):
        save("Ours", user=rita, for_team=True)
    ours = save("Ours", for_team=True)
    for act in (
        lambda: views.rename(view=ours, name="Theirs", actor=rita),
        lambda: views.move(view=ours, by=1, actor=rita),
        lambda: views.remove(view=ours, actor=rita),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert names(brand, rita) == ["Ours"]


def test_nobody_reaches_the_view_of_another(save, brand, alice):
    with pytest.raises(NotFound):
        views.view_or_404(brand, alice, save("Mine").code)


@pytest.mark.parametrize("name", ["", " \n ", "x" * 61, "waiting"])
def test_a_name_is_short_and_there_once(save, name):
    save("Waiting")
    with pytest.raises(Invalid) as refusal:
        save(name)
    assert list(refusal.value.fields) == ["name"]
    save("Waiting", for_team=True)  # the team's are another list


def test_a_view_is_renamed_and_keeps_its_own_name(save, brand, bob):
    view = save("Waiting")
    views.rename(view=view, name=" Waiting  long ", actor=bob)
    views.rename(view=view, name="WAITING LONG", actor=bob)
    assert names(brand, bob) == ["WAITING LONG"]


def test_views_change_places_and_none_leaves_the_ends(save, brand, bob):
    first, _second, third = save("A"), save("B"), save("C")
    views.move(view=first, by=1, actor=bob)
    assert names(brand, bob) == ["B", "A", "C"]
    views.move(view=third, by=1, actor=bob)
    views.move(view=third, by=-1, actor=bob)
    assert names(brand, bob) == ["B", "C", "A"]
    save("D")
    assert names(brand, bob) == ["B", "C", "A", "D"]


def test_no_more_than_twenty(save, monkeypatch):
    monkeypatch.setattr(views, "MOST", 2)
    save("A"), save("B")
    with pytest.raises(Invalid):
        save("C")


def test_who_leaves_the_team_takes_their_own_along(save, brand, bob):
    save("Mine"), save("Ours", for_team=True)
    teams.leave(brand=brand, user=bob)
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Ours"]
