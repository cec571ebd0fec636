"""Views of the desk's list, kept under a name."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.domain import teams
from accounts.enums import Role
from accounts.models import Brand
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


def test_what_is_deleted_comes_back_where_it_stood(save, brand, bob):
    first, second, third = save("A"), save("B"), save("C")
    removed = views.remove(view=second, actor=bob)
    views.move(view=third, by=-1, actor=bob)
    back = views.bring_back(brand=brand, user=bob, removed=removed)
    assert names(brand, bob) == ["C", "B", "A"]
    assert (back.code, back.query, back.at) == (second.code, second.query, second.at)
    views.remove(view=first, actor=bob), views.remove(view=third, actor=bob)
    removed = views.remove(view=back, actor=bob)
    views.bring_back(brand=brand, user=bob, removed=removed)
    assert names(brand, bob) == ["B"]


def test_what_is_deleted_comes_back_once(save, brand, bob):
    removed = views.remove(view=save("A"), actor=bob)
    views.bring_back(brand=brand, user=bob, removed=removed)
    with pytest.raises(views.TooLateToBringBack):
        views.bring_back(brand=brand, user=bob, removed=removed)
    assert names(brand, bob) == ["A"]


@pytest.mark.parametrize(("seconds", "comes"), [(10, True), (31, False)])
def test_what_is_deleted_comes_back_for_a_while(save, brand, bob, settings, seconds, comes):
    settings.UNDO_SECONDS = 30
    with time_machine.travel(timezone.now() - timedelta(seconds=seconds)):
        removed = views.remove(view=save("A"), actor=bob)
    with nullcontext() if comes else pytest.raises(views.TooLateToBringBack):
        views.bring_back(brand=brand, user=bob, removed=removed)
    assert names(brand, bob) == (["A"] if comes else [])


def test_nobody_else_brings_it_back_nor_elsewhere(save, brand, alice, bob, mallory):
    removed = views.remove(view=save("Ours", for_team=True), actor=bob)
    elsewhere = Brand.objects.exclude(pk=brand.pk).get()
    tries = [(brand, alice, removed), (elsewhere, bob, removed), (brand, bob, removed + "0")]
    for there, user, sent in [*tries, (brand, bob, "")]:
        with pytest.raises(views.TooLateToBringBack):
            views.bring_back(brand=there, user=user, removed=sent)
    assert views.bring_back(brand=brand, user=bob, removed=removed).member is None


def test_who_answers_no_more_brings_back_none_of_the_teams(save, brand, alice, bob):
    removed = views.remove(view=save("Ours", for_team=True), actor=bob)
    teams.change_role(brand=brand, user=bob, role=Role.ANALYST, actor=alice)
    with pytest.raises(NotAllowed):
        views.bring_back(brand=brand, user=bob, removed=removed)


def test_a_name_or_a_room_taken_meanwhile_stays_taken(save, brand, bob, monkeypatch):
    removed = views.remove(view=save("Waiting"), actor=bob)
    save("WAITING")
    with pytest.raises(Invalid):
        views.bring_back(brand=brand, user=bob, removed=removed)
    removed = views.remove(view=save("Other"), actor=bob)
    monkeypatch.setattr(views, "MOST", 1)
    with pytest.raises(Invalid):
        views.bring_back(brand=brand, user=bob, removed=removed)
    assert names(brand, bob) == ["WAITING"]


def test_no_more_than_twenty(save, monkeypatch):
    monkeypatch.setattr(views, "MOST", 2)
    save("A"), save("B")
    with pytest.raises(Invalid):
        save("C")


def test_who_leaves_the_team_takes_their_own_along(save, brand, bob):
    save("Mine"), save("Ours", for_team=True)
    teams.leave(brand=brand, user=bob)
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Ours"]
