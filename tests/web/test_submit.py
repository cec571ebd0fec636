"""Posting an idea."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Visibility
from ideas.domain import challenges
from ideas.models import Idea
from tests.factories import make_brand, make_challenge, make_participant
from tests.pictures import uploaded
from tests.web.conftest import path_of, text_of

PAGE = "/b/mio/submit/"


def filled(**over):
    form = {"challenge": "street", "title": "A roof that drinks the rain", "language": "fr"}
    return form | {"body": "Ten **litres**.", "tags": "Rain, #roof, rain"} | over


def test_an_idea_is_posted_and_shown(member, challenge, charlie):
    response = member.post(PAGE, filled())
    idea = Idea.objects.get()
    assert response["Location"] == path_of(idea)
    assert (idea.challenge, idea.author.user, idea.language) == (challenge, charlie, "fr")
    assert idea.tags == ["rain", "roof"]
    assert "Your idea is public now" in text_of(member.get(path_of(idea)))


def test_a_visitor_signs_in_first_and_comes_back(visitor, challenge):
    response = visitor.get(f"{PAGE}?challenge=street")
    back = "%2Fb%2Fmio%2Fsubmit%2F%3Fchallenge%3Dstreet"
    assert response["Location"] == f"/accounts/login/?next={back}"


def test_a_visitors_post_is_none(visitor, challenge):
    assert visitor.post(PAGE, filled()).status_code == 302
    assert not Idea.objects.exists()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"title": ""}, "Say your idea in a few words."),
        ({"title": "x" * 301}, "Keep the title under 300 characters."),
        ({"body": "x" * 20_001}, "Keep the text under 20000 characters."),
        ({"tags": ",".join("abcdefghijk")}, "At most 10 tags of 40 characters."),
        ({"challenge": ""}, "Choose a question."),
        ({"challenge": "nowhere"}, "Choose one of these questions."),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(
    member, challenge, over, sentence
):
    sent = filled(**over)
    response = member.post(PAGE, sent)
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert "Almost there" in text_of(response)
    assert 'aria-invalid="true"' in page
    for typed in (sent["title"], sent["body"], sent["tags"]):
        assert typed in page
    assert not Idea.objects.exists()


@pytest.mark.parametrize("version", ["9" * 5_000, "x", "-1", "²"])
def test_terms_that_no_page_showed_are_refused_beside_their_field(member, brand, version):
    make_challenge(brand, slug="terms", licence="CC BY-SA 4.0")
    sent = filled(challenge="terms", terms=f"terms:{version}", accept_licence="on")
    response = member.post(PAGE, sent)
    assert response.status_code == 400
    assert "The terms changed while you were writing." in text_of(response)
    assert not Idea.objects.exists()


def test_the_question_they_came_from_is_chosen(member, challenge):
    page = member.get(f"{PAGE}?challenge=street").content.decode()
    assert 'value="street" required id="id_challenge_0" checked' in page or (
        'value="street" id="id_challenge_0" checked' in page
    )


def test_no_question_is_chosen_for_them(member, challenge):
    assert " checked" not in member.get(PAGE).content.decode()


def test_the_only_question_needs_no_choice(member, brand):
    assert 'type="hidden" name="challenge" value="open"' in member.get(PAGE).content.decode()


def test_terms_have_to_be_accepted(member, brand):
    make_challenge(brand, slug="terms", licence="CC BY-SA 4.0")
    sent = filled(challenge="terms", terms="terms:1")
    page = member.get(PAGE)
    assert "CC BY-SA 4.0" in text_of(page)
    assert 'name="terms" value="terms:1"' in page.content.decode()
    assert "Accept the licence to post here." in text_of(member.post(PAGE, sent))
    member.post(PAGE, sent | {"accept_licence": "on"})
    idea = Idea.objects.get()
    assert (idea.licence, idea.licence_version) == ("CC BY-SA 4.0", 1)
    assert timezone.now() - idea.licence_at < timedelta(minutes=1)


def test_every_kind_of_mistake_is_said_in_one_answer(member, brand):
    """Of the form, of the words, of the pictures and of the terms."""
    make_challenge(brand, slug="terms", licence="CC BY-SA 4.0")
    wrong = {"challenge": "", "title": "", "body": "x" * 20_001, "language": "xx"}
    wrong |= {"images": ["abcdefgh"], "tags": ",".join("abcdefghijk")}
    page = text_of(member.post(PAGE, filled(**wrong)))
    for sentence in (
        "Choose a question.", "Say your idea in a few words.", "is not there any more",
        "Keep the text under 20000 characters.", "At most 10 tags of 40 characters.",
    ):  # fmt: skip
        assert sentence in page
    page = text_of(member.post(PAGE, filled(challenge="terms", terms="terms:1", title="")))
    assert "Say your idea in a few words." in page
    assert page.count("Accept the licence to post here.") == 2  # above all, and beside the box
    assert not Idea.objects.exists()


def test_a_preview_and_a_draft_blame_nobody(member, brand):
    make_challenge(brand, slug="terms", licence="CC BY-SA 4.0")
    for act in ("preview", "draft"):
        sent = filled(challenge="terms", terms="terms:1", title="", act=act)
        page = text_of(member.post(PAGE, sent, follow=True))
        assert "Say your idea" not in page
        assert "Accept the licence" not in page


def test_terms_that_changed_while_they_typed_are_shown_and_accepted_anew(member, brand):
    challenge = make_challenge(brand, slug="terms", licence="CC BY-SA 4.0")
    sent = filled(challenge="terms", terms="terms:1", accept_licence="on")
    challenges.change_rules(challenge=challenge, actor=None, licence="You give us everything.")
    response = member.post(PAGE, sent)
    page = response.content.decode()
    assert "The terms changed while you were writing." in text_of(response)
    assert "You give us everything." in text_of(response)
    assert 'name="terms" value="terms:2"' in page
    assert "checked" not in page.partition('name="accept_licence"')[2].partition(">")[0]
    assert "A roof that drinks the rain" in page
    assert not Idea.objects.exists()
    member.post(PAGE, sent | {"terms": "terms:2"})
    assert Idea.objects.get().licence == "You give us everything."


def test_terms_that_the_page_did_not_show_cannot_be_accepted(member, brand):
    challenge = make_challenge(brand, slug="terms")
    challenges.change_rules(challenge=challenge, actor=None, licence="You give us everything.")
    member.post(PAGE, filled(challenge="terms", accept_licence="on"))
    assert not Idea.objects.exists()


def test_a_brand_that_takes_no_ideas_says_so(member, brand):
    permanent = brand.challenges.get()
    challenges.set_closed(challenge=permanent, closed=True, actor=None)
    assert "No question takes ideas at the moment." in text_of(member.get(PAGE))


def test_a_stranger_to_a_members_only_brand_finds_nothing(member, alice):
    make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    assert member.get("/b/club/submit/").status_code == 404


def test_a_posted_picture_without_a_description_is_asked_for_one(
    member, brand, charlie, challenge, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    author = make_participant(brand, charlie)
    said = "1 picture has no description yet"
    for alt, is_asked in (("A roof", False), ("", True)):
        code = uploaded(brand, author, size=(40, 30)).code
        sent = filled(title=f"Roof {alt}", images=code, **{f"alt-{code}": alt})
        sent["is_none_of_these"] = "on"
        page = text_of(member.post(PAGE, sent, follow=True))
        assert "Your idea is public now" in page
        assert (said in page) is is_asked
    idea = Idea.objects.latest("id")
    change = {"title": "Another", "language": "fr", "revision": 1, "images": code}
    page = text_of(member.post(f"/i/{idea.code}/edit/", change, follow=True))
    assert "Your change is public." in page
    assert said in page
