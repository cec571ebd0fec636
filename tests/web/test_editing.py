"""Changing an idea on its page, and reading what was changed."""

import pytest
from django.test import Client

from ideas.domain import ideas
from ideas.domain.decisions import set_status
from ideas.models import Idea, Revision
from tests.factories import make_idea, make_participant
from tests.web.conftest import path_of, reader, text_of
from web.desk.undo import undo_path


@pytest.fixture
def own(challenge, charlie):
    return make_idea(
        challenge, author=make_participant(challenge.brand, charlie), title="A roof of moss",
        body="It drinks ten litres.", tags=["roof"],
    )  # fmt: skip


def edit_path(idea):
    return f"/i/{idea.code}/edit/"


def filled(idea, **over):
    form = {"title": idea.title, "body": idea.body, "tags": ", ".join(idea.tags)}
    return form | {"language": idea.language, "revision": idea.revision} | over


def test_an_author_changes_it_and_the_history_shows_each_word(member, own):
    assert 'value="A roof of moss"' in member.get(edit_path(own)).content.decode()
    response = member.post(edit_path(own), filled(own, body="It drinks twenty litres a day."))
    own.refresh_from_db()
    assert (response["Location"], own.body) == (path_of(own), "It drinks twenty litres a day.")
    page = member.get(path_of(own))
    assert "Your change is public." in text_of(page)
    assert f"/i/{own.code}/history/" in page.content.decode()
    history = reader().get(f"/i/{own.code}/history/")
    assert "Taken out: ten (end) Put in: twenty (end)" in text_of(history)
    assert "Version 2 Charlie" in text_of(history)
    assert "Posted Charlie" in text_of(history)


def test_what_somebody_wrote_is_escaped_in_the_history(member, own):
    for body in ("<script>alert(1)</script> one", "<script>alert(1)</script> two"):
        own.refresh_from_db()
        member.post(edit_path(own), filled(own, body=body))
    history = member.get(f"/i/{own.code}/history/").content.decode()
    assert "<script>alert" not in history
    assert history.count("&lt;script&gt;alert") >= 1  # as what stayed
    assert "&lt;" in history.partition("<ins>")[2]  # and as what was put in


def test_saving_the_same_again_is_no_version(member, own):
    response = member.post(edit_path(own), filled(own), follow=True)
    assert "Nothing was changed." in text_of(response)
    assert Idea.objects.get().revision == 1
    assert not Revision.objects.exists()


def test_a_change_made_meanwhile_is_shown_beside_theirs_and_nothing_is_lost(member, own, bob):
    ideas.edit_idea(idea=Idea.objects.get(), actor=bob, body="It drinks a hundred litres.")
    response = member.post(edit_path(own), filled(own, body="It drinks three litres."))
    text = text_of(response)
    assert response.status_code == 412
    assert "Somebody changed this idea while you were writing." in text
    assert "It drinks a hundred litres." in text
    assert "It drinks three litres." in response.content.decode()
    assert "Taken out: a hundred (end) Put in: three (end)" in text
    assert 'name="revision" value="2"' in response.content.decode()
    member.post(edit_path(own), filled(own, body="It drinks three litres.", revision=2))
    assert Idea.objects.get().body == "It drinks three litres."


def test_a_manager_changes_it_for_the_brand(own, bob):
    member = reader(bob)
    assert "You change it for Mio Motors" in text_of(member.get(edit_path(own)))
    member.post(edit_path(own), filled(own, title="A roof of green moss"))
    revision = Revision.objects.get(number=2)
    assert (revision.by_brand, revision.editor) == (True, None)
    assert "Version 2 Mio Motors" in text_of(reader().get(f"/i/{own.code}/history/"))


def test_who_may_not_change_it_is_told_so(own, mallory, rita):
    assert reader().get(edit_path(own)).status_code == 302
    for user in (mallory, rita):
        assert reader(user).get(edit_path(own)).status_code == 403
        assert reader(user).post(edit_path(own), filled(own, title="Mine now")).status_code == 403
    assert Idea.objects.get().title == "A roof of moss"


def test_a_status_that_ends_changes_ends_them_for_the_author(own, member, bob):
    set_status(
        idea=own, status="declined", reason="too_costly", actor=bob,
        message="It costs more than the whole car, and we looked at it twice.",
    )  # fmt: skip
    response = member.post(edit_path(own), filled(own, title="Another one"))
    assert response.status_code == 403
    assert "decided on" in text_of(response)
    assert reader(bob).get(edit_path(own)).status_code == 200


def test_a_mistake_keeps_what_was_typed(member, own):
    response = member.post(edit_path(own), filled(own, title="", body="Much longer now."))
    assert response.status_code == 400
    assert "Say your idea in a few words." in text_of(response)
    assert "Much longer now." in response.content.decode()


def test_a_preview_saves_nothing(member, own):
    response = member.post(edit_path(own), filled(own, body="**Loud**", act="preview"))
    assert "<strong>Loud</strong>" in response.content.decode()
    assert Idea.objects.get().body == "It drinks ten litres."


def test_whoever_was_signed_out_sends_the_same_words_again(own, charlie):
    client = Client(enforce_csrf_checks=True)
    response = client.post(edit_path(own), filled(own, body="Kept words."))
    assert response.status_code == 401
    assert "Kept words." in response.content.decode()
    client.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    stale = client.post(edit_path(own), filled(own, body="Kept words."))
    assert stale.status_code == 403
    assert "Kept words." in stale.content.decode()
    assert "press the button once more" in text_of(stale)
    assert Idea.objects.get().body == "It drinks ten litres."
    token = stale.context["csrf_token"]
    client.post(
        edit_path(own), filled(own, body="Kept words.") | {"csrfmiddlewaretoken": str(token)}
    )
    assert Idea.objects.get().body == "Kept words."


def test_another_site_finds_nothing_shown_or_kept(own, charlie):
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})
    response = client.post(edit_path(own), filled(own, body="Planted words."))
    assert response.status_code == 403
    assert "Planted words." not in response.content.decode()


@pytest.mark.parametrize("changes", [1, 3])
def test_the_history_takes_as_many_queries_for_many_changes(
    member, own, changes, django_assert_num_queries
):
    for n in range(changes):
        ideas.edit_idea(idea=own, actor=None, body=f"Body {n}")
    visitor = reader()
    with django_assert_num_queries(4):  # idea, phases, versions, what was hidden
        visitor.get(f"/i/{own.code}/history/")


def test_a_long_history_has_pages(own):
    for n in range(12):
        ideas.edit_idea(idea=own, actor=None, body=f"Body number{n}")
    first = reader().get(f"/i/{own.code}/history/")
    assert "number2" in text_of(first)
    assert "?before=4" in first.content.decode()
    assert "number1 " in text_of(reader().get(f"/i/{own.code}/history/?before=4"))
    assert reader().get(f"/i/{own.code}/history/?before=x").status_code == 400


@pytest.mark.parametrize("before", [0, 1, 4, 999_999_999])
def test_a_page_of_the_history_that_is_none_leads_to_the_newest(own, before):
    """Else each number would be another address of the same costly page."""
    for n in range(2):
        ideas.edit_idea(idea=own, actor=None, body=f"Body {n}")
    path = f"/i/{own.code}/history/"
    assert reader().get(f"{path}?before={before}")["Location"] == path
    assert reader().get(f"{path}?before=3").status_code == 200


@pytest.fixture
def insulted(own, charlie):
    for body in ("You are a goat.", "It drinks."):
        ideas.edit_idea(idea=own, actor=charlie, body=body)
    return own


def hiding(idea, number=2, act="hide"):
    return f"/desk/mio/ideas/{idea.code}/revisions/{number}/{act}/"


def history(idea):
    return f"/i/{idea.code}/history/"


def test_a_manager_hides_one_version_with_a_reason_that_everybody_reads(insulted, bob, visitor):
    assert "goat" in text_of(visitor.get(history(insulted)))
    answer = reader(bob).post(hiding(insulted), {"reason": "It <b>insults</b> somebody."})
    assert answer["Location"] == f"{history(insulted)}?at=2#revision-2"
    page = visitor.get(history(insulted))
    assert "goat" not in page.content.decode()
    assert "The team of Mio Motors has hidden what it said." in text_of(page)
    assert "Compared with version 1: what lies between is hidden." in text_of(page)
    assert "Version 2 was hidden It <b>insults</b> somebody. Mio Motors" in text_of(page)
    assert "Hide this version" not in text_of(page)


def test_a_manager_goes_on_reading_what_is_hidden_and_shows_it_again(insulted, bob, visitor):
    desk = reader(bob)
    desk.post(hiding(insulted), {"reason": "An insult."})
    page = text_of(desk.get(history(insulted)))
    assert "goat" in page
    assert "those of your team who may answer read it" in page
    desk.post(hiding(insulted, act="show"))
    assert "goat" in text_of(visitor.get(history(insulted)))
    log = text_of(visitor.get(history(insulted))).partition("What was hidden here")[2]
    assert "Version 2 was shown again" in log
    assert "An insult." in log
    told = text_of(desk.get(f"/desk/mio/ideas/{insulted.code}/"))
    assert "An earlier version was hidden An insult." in told


def test_who_hides_what_somebody_has_hidden_already_is_told_so_and_undoes_nothing(
    insulted, bob, alice, visitor
):
    reader(alice).post(hiding(insulted), {"reason": "An insult."})
    page = reader(bob).post(hiding(insulted), {"reason": "Another reason."}, follow=True)
    said = text_of(page)
    assert "Somebody has hidden it already." in said
    assert "Another reason." not in said
    assert [undo_path(one) for one in page.context["messages"]] == [""]
    mine = reader(bob).post(hiding(insulted, 1), {"reason": "Mine."}, follow=True)
    assert [undo_path(one) for one in mine.context["messages"]] == [hiding(insulted, 1, "show")]


def test_who_hides_a_version_lands_on_it_with_what_was_done_and_undo_beside_it(own, charlie, bob):
    for n in range(14):
        ideas.edit_idea(idea=own, actor=charlie, body=f"Words {n}")
    for number in (14, 3):
        page = reader(bob).post(hiding(own, number), {"reason": "An insult."}, follow=True)
        html = page.content.decode()
        panel = html.partition(f'id="revision-{number}"')[2].partition("</li>")[0]
        assert "This version is hidden from the public." in panel
        assert hiding(own, number, "show") in panel
        assert html.count("This version is hidden from the public.") == 1
        assert 'id="revision-' in html.partition(f'id="revision-{number}"')[0]  # newer ones above


def test_a_version_that_there_is_not_hides_no_message(own, charlie, bob):
    ideas.edit_idea(idea=own, actor=charlie, body="Three.")
    desk = reader(bob)
    desk.post(hiding(own, 1), {"reason": "An insult."})
    assert "This version is hidden" in text_of(desk.get(f"{history(own)}?at=99"))
    assert desk.get(f"{history(own)}?at=x").status_code == 400


def test_without_a_reason_nothing_is_hidden_and_the_manager_is_told(insulted, bob, visitor):
    response = reader(bob).post(hiding(insulted), {"reason": " "}, follow=True)
    assert "Say why, in a few words: everybody reads it." in text_of(response)
    assert "goat" in text_of(visitor.get(history(insulted)))


@pytest.mark.parametrize(("number", "status"), [(3, 409), (9, 404), (99999999999999999999, 404)])
def test_the_version_of_today_and_one_that_is_none_cannot_be_hidden(insulted, bob, number, status):
    sent = reader(bob).post(hiding(insulted, number), {"reason": "No."})
    assert sent.status_code == status


def test_nobody_but_managers_hides_or_shows_a_version(insulted, charlie, rita, mallory):
    for somebody in (charlie, rita, mallory):
        for act in ("hide", "show"):
            sent = reader(somebody).post(hiding(insulted, act=act), {"reason": "No."})
            assert sent.status_code == 403
    assert reader().post(hiding(insulted), {"reason": "No."}).status_code == 302
    assert not Revision.objects.filter(hidden=True).exists()


def test_the_buttons_are_for_earlier_versions_alone(insulted, bob):
    page = reader(bob).get(history(insulted)).content.decode()
    assert [n for n in (1, 2, 3) if hiding(insulted, n) in page] == [1, 2]
