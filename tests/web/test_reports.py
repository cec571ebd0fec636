"""Telling the team that a text should not stand there."""

import pytest

from accounts import limits
from accounts.enums import Visibility
from accounts.models import Participant
from ideas.domain import comments
from ideas.models import Report
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.web.conftest import path_of, reader, text_of


@pytest.fixture
def comment(idea, brand):
    return comments.post(
        idea=idea, author=make_participant(brand, make_user("Zoe")), body="Rude words"
    )


def page_of(idea, comment=None) -> str:
    return f"/i/{idea.code}/report/" + (f"?comment={comment.code}" if comment else "")


def test_a_member_reports_a_comment_and_is_thanked(member, idea, comment, charlie):
    page = member.get(page_of(idea, comment))
    assert "Rude words" in text_of(page)
    assert "Nobody else learns it." in text_of(page)
    sent = member.post(page_of(idea, comment), {"reason": "abuse", "detail": "He shouts."})
    assert sent["Location"] == f"{path_of(idea)}#comment-{comment.code}"
    found = Report.objects.get()
    assert (found.comment, found.reason, found.detail) == (comment, "abuse", "He shouts.")
    assert found.reporter.user == charlie
    assert "Thank you. The team looks at it." in text_of(member.get(path_of(idea)))


def test_a_member_reports_an_idea_once_however_often_they_press(member, idea):
    for _n in range(3):
        assert member.post(page_of(idea), {"reason": "spam"})["Location"] == path_of(idea)
    found = Report.objects.get()
    assert (found.idea, found.comment) == (idea, None)


def test_a_visitor_signs_in_first_and_comes_back(visitor, idea, comment):
    html = visitor.get(path_of(idea)).content.decode()
    assert f'href="{page_of(idea)}"' in html
    assert f'href="{page_of(idea, comment)}"' in html
    login = visitor.get(page_of(idea, comment))["Location"]
    assert login.startswith("/accounts/login/?next=%2Fi%2F")
    assert login.endswith(f"%3Fcomment%3D{comment.code}")


def test_whoever_was_signed_out_meanwhile_still_has_their_words(visitor, idea):
    response = visitor.post(page_of(idea), {"reason": "spam", "detail": "Long story"})
    assert response.status_code == 401
    assert "Long story</textarea>" in response.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"detail": "What I typed"}, "Choose a reason from the list."),
        ({"reason": "x", "detail": "What I typed"}, "Choose a reason from the list."),
        (
            {"reason": "spam", "detail": "What I typed" + "x" * 1_000},
            "Keep the text under 1000 characters.",
        ),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(
    member, idea, sent, sentence
):
    response = member.post(page_of(idea), sent)
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert "What I typed" in response.content.decode()
    assert not Report.objects.exists()


def test_nobody_reports_what_is_their_own(challenge, charlie, brand):
    author = make_participant(brand, charlie)
    idea = make_idea(challenge, author=author)
    own = comments.post(idea=idea, author=author, body="Mine")
    client = reader(charlie)
    assert "/report/" not in client.get(path_of(idea)).content.decode()
    for path in (page_of(idea), page_of(idea, own)):
        assert client.get(path).status_code == 403
        assert client.post(path, {"reason": "spam"}).status_code == 403
    assert not Report.objects.exists()


def test_a_member_reports_what_the_brand_said_and_its_team_does_not(member, idea, bob):
    said = comments.answer(idea=idea, body="No.", actor=bob)
    assert member.get(page_of(idea, said)).status_code == 200
    assert reader(bob).get(page_of(idea, said)).status_code == 403
    assert reader(bob).post(page_of(idea, said), {"reason": "spam"}).status_code == 403
    assert not Report.objects.exists()
    assert page_of(idea, said) not in reader(bob).get(path_of(idea)).content.decode()


def test_somebody_stopped_is_told_so_and_reports_nothing(member, idea, brand, charlie):
    participant = make_participant(brand, charlie)
    Participant.objects.filter(pk=participant.pk).update(active=False)
    assert member.post(page_of(idea), {"reason": "spam"}).status_code == 403
    assert not Report.objects.exists()


def test_a_text_that_is_not_theirs_to_see_or_not_of_this_idea_is_not_there(
    member, idea, challenge, comment, alice
):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    inside = make_idea(make_challenge(club))
    for path in (page_of(inside), page_of(make_idea(challenge), comment)):
        assert member.get(path).status_code == 404
        assert member.post(path, {"reason": "spam"}).status_code == 404
    assert not Report.objects.exists()


def test_20_reports_a_day_are_the_limit_and_the_words_stay(member, idea, comment, monkeypatch):
    assert (limits.REPORTS_OF_PERSON.amount, limits.REPORTS_OF_PERSON.seconds) == (20, 86_400)
    monkeypatch.setattr(limits, "REPORTS_OF_PERSON", limits.Limit("report", 1, 86_400))
    member.post(page_of(idea), {"reason": "spam"})
    response = member.post(page_of(idea, comment), {"reason": "spam", "detail": "My story"})
    assert response.status_code == 429
    assert "My story</textarea>" in response.content.decode()
