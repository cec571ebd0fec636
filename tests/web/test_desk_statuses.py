"""The editor of a brand's statuses."""

import pytest

from ideas.domain.statuses import DEFAULT, graph_of
from ideas.enums import Lock
from ideas.models import Idea, StatusStep
from tests.factories import make_idea
from tests.web.conftest import reader, text_of

PAGE = "/desk/mio/statuses/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


def form_of(page):
    """What a browser would send back as it stands."""
    sent = {"key": [row.key for row in page.context["rows"]]}
    for row in page.context["rows"]:
        for code, _language, name in row.fields:
            sent[f"{row.key}-name-{code}"] = name
        sent |= {f"{row.key}-tone": row.tone, f"{row.key}-place": row.place}
        sent |= {f"{row.key}-next": row.next, f"{row.key}-locks": row.locks}
        if row.needs_reason:
            sent[f"{row.key}-needs_reason"] = "on"
        if row.remove:
            sent[f"{row.key}-remove"] = "on"
    return sent | ({"known": page.context["known"]} if page.context["known"] else {})


@pytest.fixture
def form(desk):
    return form_of(desk.get(PAGE))


def test_saving_what_stands_there_changes_nothing(desk, form, brand):
    page = desk.post(PAGE, form, follow=True)
    assert "Saved." in text_of(page)
    assert graph_of(brand) == DEFAULT
    assert not StatusStep.objects.exists()


def test_a_new_status_is_added_placed_and_led_to(desk, form, brand):
    form |= {"new-name-en": "In a pilot!", "new-name-fr": "En pilote", "new-tone": "sky"}
    form |= {"new-place": "1", "new-next": ["planned", "declined"], "new-locks": ["edit"]}
    form["submitted-next"] = [*form["submitted-next"], "new"]
    desk.post(PAGE, form)
    graph = graph_of(brand)
    pilot = graph.step("in_a_pilot")
    assert list(graph.steps)[:2] == ["submitted", "in_a_pilot"]
    assert (pilot.labels, pilot.tone) == ({"en": "In a pilot!", "fr": "En pilote"}, "sky")
    assert (pilot.next, pilot.locks) == (("planned", "declined"), {Lock.EDIT})
    assert "in_a_pilot" in graph.step("submitted").next
    assert graph.step("planned").labels == {}
    assert form_of(desk.get(PAGE))["in_a_pilot-name-fr"] == "En pilote"


@pytest.mark.parametrize(
    ("name", "key"),
    [("نموذج", "status"), ("2 pilots", "pilots"), ("Submitted", "submitted_2"), ("new", "new_2")],
)
def test_a_name_gives_a_key_that_is_free(desk, form, brand, name, key):
    desk.post(PAGE, form | {"new-name-en": name})
    assert key in graph_of(brand).steps


def test_a_status_gets_another_name_and_its_own_back(desk, form, brand):
    desk.post(PAGE, form | {"planned-name-en": "On the list"})
    assert graph_of(brand).step("planned").labels["en"] == "On the list"
    desk.post(PAGE, form)
    assert graph_of(brand) == DEFAULT


def test_an_unused_status_is_removed_and_nothing_leads_there_any_more(desk, form, brand):
    desk.post(PAGE, form | {"archived-remove": "on"})
    graph = graph_of(brand)
    assert "archived" not in graph.steps
    assert all("archived" not in step.next for step in graph.steps.values())


def test_a_status_in_use_stays_and_nothing_typed_is_lost(desk, form, brand, challenge):
    make_idea(challenge)
    Idea.objects.update(status="planned")
    page = desk.post(PAGE, form | {"planned-remove": "on", "new-name-en": "Pilot"})
    assert page.status_code == 400
    assert "Ideas have this status: Planned. Move them first." in text_of(page)
    kept = form_of(page)
    assert (kept["new-name-en"], kept["planned-remove"]) == ("Pilot", "on")
    assert graph_of(brand) == DEFAULT


def test_a_refusal_stands_beside_its_status_and_nothing_typed_is_lost(desk, form, brand):
    long = "x" * 41
    page = desk.post(PAGE, form | {"planned-name-en": long, "new-name-fr": long})
    problems = {row.key: row.problems for row in page.context["rows"] if row.problems}
    assert problems == dict.fromkeys(["planned", "new"], ["Keep the name under 40 characters."])
    kept = form_of(page)
    assert (kept["planned-name-en"], kept["new-name-fr"]) == (long, long)
    assert graph_of(brand) == DEFAULT


def test_a_warning_counts_the_ideas_before_they_close_or_open(desk, form, brand, challenge):
    for status, closed in (("planned", False), ("planned", False), ("declined", True)):
        made = make_idea(challenge)
        Idea.objects.filter(pk=made.pk).update(status=status)
        Idea.objects.filter(pk=made.pk).update(closed=closed)
    form |= {"planned-locks": ["vote"], "declined-locks": []}
    page = desk.post(PAGE, form)
    assert page.status_code == 400
    assert "2 ideas close: nobody can vote on them any more" in text_of(page)
    assert "1 idea opens: people can vote on it again" in text_of(page)
    assert not StatusStep.objects.exists()
    make_idea(challenge)
    Idea.objects.filter(status="submitted").update(status="planned")
    page = desk.post(PAGE, form_of(page))  # another one meanwhile: it is counted again
    assert "3 ideas close" in text_of(page)
    page = desk.post(PAGE, form_of(page), follow=True)
    assert "Saved." in text_of(page)
    assert Idea.objects.filter(status="planned", closed=True).count() == 3
    assert Idea.objects.filter(status="declined", closed=False).count() == 1


def test_what_is_refused_is_refused_before_anybody_agrees_to_its_effects(desk, form, challenge):
    make_idea(challenge)
    page = desk.post(PAGE, form | {"submitted-locks": ["vote"], "planned-name-en": "x" * 41})
    assert "Keep the name under 40 characters." in text_of(page)
    assert "1 idea closes" not in text_of(page)


def test_back_to_the_standard_list(desk, form, brand, challenge):
    desk.post(PAGE, form | {"new-name-en": "Pilot"})
    make_idea(challenge)
    Idea.objects.update(status="pilot")
    page = desk.post(f"{PAGE}standard/")
    assert "Ideas have this status: Pilot. Move them first." in text_of(page)
    Idea.objects.update(status="declined")
    page = desk.post(f"{PAGE}standard/")
    assert "1 idea closes" in text_of(page)
    assert page.context["effects"] is None  # the warning is not that of the form above
    assert "pilot" in graph_of(brand).steps
    page = desk.post(f"{PAGE}standard/", {"known": page.context["known_of_standard"]}, follow=True)
    assert "The standard statuses are back." in text_of(page)
    assert graph_of(brand) == DEFAULT
    assert Idea.objects.get().closed


@pytest.mark.parametrize(
    "odd",
    [
        {"key": []},
        {"key": ["submitted", "\x00", "A B", "new", "x" * 90]},
        {"planned-place": "x", "planned-tone": "pink", "planned-next": ["nowhere", "planned"]},
        {"planned-locks": ["breath"], "new-name-en": "\x00"},
    ],
)
def test_odd_forms_break_nothing(desk, form, brand, odd):
    assert desk.post(PAGE, form | odd).status_code in {302, 400}
    assert graph_of(brand).step("submitted").key == "submitted"


def test_who_only_reads_and_who_is_of_another_brand_change_nothing(brand, rita, mallory, form):
    for user in (rita, mallory):
        assert reader(user).post(PAGE, form | {"new-name-en": "P"}).status_code == 403
        assert reader(user).post(f"{PAGE}standard/").status_code == 403
    assert not StatusStep.objects.exists()


def test_a_name_that_is_alike_in_all_languages_is_a_name(desk, form, brand):
    page = desk.post(PAGE, form | {"new-name-en": "Pilot", "new-name-fr": "Pilot"}, follow=True)
    assert graph_of(brand).step("pilot").labels == {"en": "Pilot", "fr": "Pilot"}
    assert desk.post(PAGE, form_of(page)).status_code == 302
    assert graph_of(brand).step("pilot").labels == {"en": "Pilot", "fr": "Pilot"}


def test_what_a_status_ends_is_said_in_one_breath(desk):
    page = text_of(desk.get(PAGE))
    assert "ends: Voting, Changes by the author" in page
    assert "ends: Voting, Comments, Changes by the author" in page
