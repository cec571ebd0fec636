"""Nothing that somebody has typed is lost."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts import limits
from accounts.enums import Visibility
from cocreate.lib.errors import TooMany
from ideas.domain import drafts
from ideas.models import Draft, Idea
from tests.factories import PASSWORD, make_brand, make_challenge, make_participant
from tests.pictures import uploaded
from tests.web.conftest import reader, text_of
from web.links import picture_path

PAGE, SAVE = "/b/mio/submit/", "/b/mio/drafts/save/"
OTHER_SITE = {"Sec-Fetch-Site": "cross-site"}


def typed(**over):
    form = {"challenge": "street", "title": "A roof that drinks the rain", "language": "fr"}
    form |= {"body": "Ten **litres**.", "tags": "rain, roof", "draft": drafts.new_name()}
    return form | over


def test_what_is_typed_is_saved_and_comes_back(member, challenge, charlie):
    sent = typed(tags="rain", chips=["moss"])
    answer = member.post(SAVE, sent)
    draft = Draft.objects.get()
    assert (draft.user, draft.challenge, draft.tags) == (charlie, challenge, "rain, moss")
    assert answer.json() == {"saved": draft.updated_at.isoformat()}
    page = member.get(f"{PAGE}?draft={draft.code}").content.decode()
    assert 'value="A roof that drinks the rain"' in page
    assert "Ten **litres**." in page
    assert f'name="draft" value="{sent["draft"]}"' in page
    assert 'value="fr" selected' in page


def test_a_draft_is_offered_where_one_writes_and_on_ones_own_page(member, challenge):
    member.post(SAVE, typed())
    code = Draft.objects.get().code
    for path in (PAGE, "/me/drafts/"):
        page = member.get(path).content.decode()
        assert f"?draft={code}" in page
        assert "A roof that drinks the rain" in page
    assert "Go on with a draft" not in text_of(member.get(f"{PAGE}?draft={code}"))


def test_each_button_that_deletes_names_its_draft_even_one_without_a_title(member, challenge):
    member.post(SAVE, typed())
    member.post(SAVE, typed(title="", body="Ten litres"))
    page = member.get("/me/drafts/").content.decode()
    labels = re.findall(r'aria-label="(Delete [^"]*)"', page)
    assert labels == [
        "Delete the draft “Ten litres”", "Delete the draft “A roof that drinks the rain”",
    ]  # fmt: skip


def test_deleting_a_draft_is_asked_for_before_it_is_done(member, challenge):
    member.post(SAVE, typed(title="A roof that drinks the rain " * 4))
    page = member.get("/me/drafts/").content.decode()
    asked = re.search(r'<details class="confirm">.*?</details>', page, re.DOTALL).group()
    assert "What you wrote in it is gone for good." in asked
    assert page.count('action="/me/drafts/delete/"') == asked.count("<form") == 1
    assert "one-line" not in re.search(r'<ul class="lines">.*?</b>', page, re.DOTALL).group()


def test_a_button_saves_it_without_scripts(member, challenge):
    response = member.post(PAGE, typed(act="draft", challenge=""), follow=True)
    draft = Draft.objects.get()
    assert response.redirect_chain == [(f"{PAGE}?draft={draft.code}", 302)]
    assert "Saved. You find it on your page" in text_of(response)
    assert not Idea.objects.exists()


def test_posting_ends_the_draft(member, challenge):
    sent = typed()
    member.post(SAVE, sent)
    member.post(PAGE, sent)
    assert Idea.objects.get().code == drafts.code_in(sent["draft"])
    assert "A roof" not in text_of(member.get("/me/drafts/"))
    late = member.post(SAVE, sent)
    assert (late.status_code, late.json()["code"]) == (409, "draft_gone")
    assert "This draft was posted or deleted." in text_of(
        member.get(f"{PAGE}?draft={drafts.code_in(sent['draft'])}")
    )


def test_a_second_press_posts_nothing_more_and_leads_to_the_idea(member, challenge):
    sent = typed()
    first, second = (member.post(PAGE, sent) for _ in range(2))
    assert Idea.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_the_same_form_for_another_question_asks_and_then_posts_there_too(member, brand, challenge):
    make_challenge(brand, slug="inside")
    sent = typed()
    member.post(PAGE, sent)
    again = member.post(PAGE, sent | {"challenge": "inside"})
    assert again.status_code == 409
    assert "Is it one of these?" in text_of(again)  # the first one, which is posted
    member.post(PAGE, sent | {"challenge": "inside", "is_none_of_these": "1"})
    slugs = Idea.objects.order_by("pk").values_list("challenge__slug", flat=True)
    assert list(slugs) == ["street", "inside"]


def test_a_draft_is_deleted_by_hand_by_its_owner_alone(member, challenge, mallory):
    member.post(SAVE, typed())
    code = Draft.objects.get().code
    reader(mallory).post("/me/drafts/delete/", {"draft": code})
    assert Draft.objects.exists()
    assert "A roof" not in text_of(reader(mallory).get("/me/drafts/"))
    assert "A roof" not in reader(mallory).get(f"{PAGE}?draft={code}").content.decode()
    response = member.post("/me/drafts/delete/", {"draft": code}, follow=True)
    assert "The draft is deleted." in text_of(response)
    assert "A roof" not in text_of(response)


def test_a_deleted_draft_stays_deleted_whatever_another_window_saves(member, challenge):
    sent = typed()
    member.post(SAVE, sent)
    member.post("/me/drafts/delete/", {"draft": drafts.code_in(sent["draft"])})
    late = member.post(SAVE, sent)
    assert (late.status_code, late.json()["code"]) == (409, "draft_gone")
    assert "A roof" not in text_of(member.get("/me/drafts/"))


def test_nobody_learns_the_title_of_a_question_by_saving_a_draft_for_it(member, challenge):
    challenge.title = "Our secret question"
    challenge.published_at = None
    challenge.save()
    member.post(SAVE, typed())
    page = text_of(member.get("/me/drafts/"))
    assert "A roof that drinks the rain" in page
    assert "secret" not in page


def test_a_visitor_saves_nothing_and_is_told_so_in_json(visitor, challenge):
    answer = visitor.post(SAVE, typed())
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")


def test_another_ones_community_takes_no_draft(member, alice):
    make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    assert member.post("/b/club/drafts/save/", typed()).status_code == 404


def test_saving_has_a_limit(member, challenge, charlie):
    until_refused(lambda: limits.save_draft(user_id=charlie.pk))
    answer = member.post(SAVE, typed())
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert not Draft.objects.exists()


def test_saving_by_hand_has_the_same_limit_and_keeps_the_words(member, challenge, charlie):
    until_refused(lambda: limits.save_draft(user_id=charlie.pk))
    response = member.post(PAGE, typed(act="draft"))
    assert (response.status_code, response.has_header("Retry-After")) == (429, True)
    assert "Ten **litres**." in response.content.decode()
    assert not Draft.objects.exists()


def test_posting_looks_for_ideas_like_it_as_often_as_typing_may(member, challenge, charlie):
    until_refused(lambda: limits.look_for_similar(user_id=charlie.pk, address="127.0.0.1"))
    response = member.post(PAGE, typed())
    assert (response.status_code, response.has_header("Retry-After")) == (429, True)
    assert "Ten **litres**." in response.content.decode()
    assert not Idea.objects.exists()


def until_refused(act):
    with pytest.raises(TooMany):
        for _ in range(1_000):
            act()


def test_who_was_signed_out_signs_in_and_has_all_of_it(challenge, charlie):
    """No cookie is left: neither a session nor the token of the form."""
    client = Client(enforce_csrf_checks=True)
    response = client.post(PAGE, typed(title="Mine alone", chips=["moss"]))
    draft = Draft.objects.get()
    assert (draft.user, draft.title, draft.tags) == (None, "Mine alone", "rain, roof, moss")
    login = client.get(response["Location"])
    token = login.context["csrf_token"]
    (back,) = parse_qs(urlsplit(response["Location"]).query)["next"]
    form = {"login": charlie.email, "password": PASSWORD, "next": back}
    answer = client.post("/accounts/login/", form | {"csrfmiddlewaretoken": str(token)})
    assert answer["Location"] == f"{PAGE}?draft={draft.code}"  # the secret is in no address now
    draft.refresh_from_db()
    assert draft.user == charlie
    page = client.get(answer["Location"]).content.decode()
    assert 'value="Mine alone"' in page
    assert "Ten **litres**." in page
    assert "Nothing was posted yet: press the button once more." in page


def test_who_has_signed_in_elsewhere_meanwhile_sees_it_too(member, challenge):
    response = Client(enforce_csrf_checks=True).post(PAGE, typed())
    (back,) = parse_qs(urlsplit(response["Location"]).query)["next"]
    page = member.get(back).content.decode()
    assert 'value="A roof that drinks the rain"' in page
    assert Draft.objects.get().user is None  # looking changes nothing
    name = page.partition('name="draft" value="')[2].partition('"')[0]
    member.post(PAGE, typed(draft=name))
    assert Idea.objects.count() == 1
    assert not Draft.objects.exclude(title="").exists()


def test_a_token_of_the_session_before_loses_nothing_and_posts_nothing(challenge, charlie):
    client = Client(enforce_csrf_checks=True)
    client.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    response = client.post(PAGE, typed(csrfmiddlewaretoken="x" * 64))
    page = response.content.decode()
    assert response.status_code == 403
    assert "press the button once more" in text_of(response)
    assert 'value="A roof that drinks the rain"' in page
    assert "Ten **litres**." in page
    assert not (Idea.objects.exists() or Draft.objects.exists())
    client.post(PAGE, typed(csrfmiddlewaretoken=str(response.context["csrf_token"])))
    assert Idea.objects.count() == 1


@pytest.mark.parametrize("headers", [OTHER_SITE, {"Origin": "https://evil.example"}])
def test_what_another_site_sends_is_neither_kept_nor_shown(challenge, charlie, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    for _ in range(2):
        response = client.post(PAGE, typed(title="Planted"))
        assert response.status_code == 403
        assert "Planted" not in response.content.decode()
        client.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    assert not (Idea.objects.exists() or Draft.objects.exists())


def test_an_address_that_sends_too_much_gets_its_words_back(challenge):
    client = Client()
    until_refused(lambda: limits.keep_draft(address="127.0.0.1"))
    response = client.post(PAGE, typed(title="One too many"))
    assert response.status_code == 429
    assert "One too many" in response.content.decode()
    assert not Draft.objects.exists()


def test_a_brand_that_is_not_theirs_is_not_told_by_what_is_kept(visitor, alice):
    make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    answers = [visitor.post(f"/b/{slug}/submit/", typed()) for slug in ("club", "nowhere")]
    assert [answer.status_code for answer in answers] == [302, 302]
    shapes = [answer["Location"].replace("club", "nowhere")[:40] for answer in answers]
    assert shapes[0] == shapes[1]
    assert [draft.brand.slug for draft in Draft.objects.all()] == ["club"]


def test_a_preview_shows_what_it_will_look_like_and_blames_nobody(member, challenge):
    response = member.post(PAGE, typed(title="", challenge="", act="preview"))
    assert "<strong>litres</strong>" in response.content.decode()
    assert "Choose a question." not in text_of(response)
    assert not (Idea.objects.exists() or Draft.objects.exists())


def test_a_preview_shows_its_pictures_and_tags_as_the_idea_will(
    member, brand, challenge, charlie, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    mine = uploaded(brand, make_participant(brand, charlie), alt="A roof")
    other = uploaded(brand, make_participant(brand))
    sent = typed(act="preview", tags="Rain, #moss,rain", chips=["bees"], images=[mine.code])
    page = member.post(PAGE, sent | {f"alt-{mine.code}": "A green roof"}).content.decode()
    preview = page.partition('id="preview"')[2].partition("</section>")[0]
    assert f'src="{picture_path(mine, 40)}"' in preview
    assert 'alt="A green roof"' in preview
    assert re.findall(r'class="chip" dir="auto">([^<]*)<', preview) == ["rain", "moss", "bees"]
    plain = member.post(PAGE, typed(act="preview", tags="", images=[other.code])).content.decode()
    assert not re.search(
        "gallery|chip", plain.partition('id="preview"')[2].partition("</section>")[0]
    )


def test_tags_that_the_brand_uses_often_are_at_hand(member, challenge):
    titles = ("A roof", "Doors on both sides", "Seats for dogs")
    for title, tags in zip(titles, ("rain, moss", "moss", "moss, bees"), strict=True):
        member.post(PAGE, typed(title=title, tags=tags))
    page = member.get(PAGE).content.decode()
    chips = [part.partition('"')[0] for part in page.split('name="chips" value="')[1:]]
    assert chips == ["moss", "bees", "rain"]  # the most used first
    member.post(PAGE, typed(title="With chips", tags="Rain", chips=["moss", "rain", "sky"]))
    assert Idea.objects.get(title="With chips").tags == ["rain", "moss", "sky"]


def test_what_a_question_is_about_is_at_hand(member, challenge):
    challenge.body = "Small cars, **large** streets."
    challenge.save()
    assert "<strong>large</strong> streets" in member.get(PAGE).content.decode()


@pytest.mark.parametrize("drafts_kept", [1, 3])
def test_the_list_takes_as_many_queries_for_many_drafts(
    member, brand, charlie, drafts_kept, django_assert_num_queries
):
    for n in range(drafts_kept):
        words = drafts.Words(title=f"Draft {n}")
        drafts.store(brand=brand, user=charlie, name=drafts.new_name(), words=words)
    member.get("/me/drafts/")
    with django_assert_num_queries(4):
        member.get("/me/drafts/")


def test_an_old_link_of_nobodys_draft_opens_nothing(member, challenge):
    secret = drafts.keep(slug="mio", name="", words=drafts.Words(title="Lost"))
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert "Lost" not in member.get(f"{PAGE}?kept={secret}").content.decode()
