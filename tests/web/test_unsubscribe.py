"""The link of a mail: looking changes nothing, one POST ends the mails, nobody signs in."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.enums import Visibility
from accounts.models import Brand, User
from ideas.domain import follows
from ideas.models import Follow, Idea
from notifications.domain import subscriptions
from notifications.models import Subscription
from tests.factories import make_participant
from tests.web.conftest import reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(charlie: User, brand: Any) -> Subscription:
    return subscriptions.of(charlie, brand)


@pytest.fixture
def strict() -> Client:
    """A mail program: no cookie, no token against forgery."""
    return Client(enforce_csrf_checks=True)


def path_of(subscription: Subscription) -> str:
    return f"/unsubscribe/{subscription.token}/"


def frequency(subscription: Subscription) -> str:
    subscription.refresh_from_db()
    return subscription.frequency


def test_looking_changes_nothing_and_sets_no_cookie(mine: Subscription, strict: Client):
    for method in (strict.get, strict.head):
        answer = method(path_of(mine))
        assert (answer.status_code, frequency(mine)) == (200, "instant")
        assert not answer.cookies
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
    page = text_of(strict.get(path_of(mine)))
    assert "No more mail of Mio Motors?" in page
    assert "One mail a week instead" in page


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"", "text/plain"),
        (b'{"a": 1}', "application/json"),
        (b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
         b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"broken", "multipart/form-data; boundary=x"),
        (b"broken", "multipart/form-data"),
        (b"choice=nonsense", "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_one_post_ends_the_mails_whatever_its_body(
    mine: Subscription, strict: Client, body: bytes, kind: str
):
    for _n in range(2):
        answer = strict.post(path_of(mine), body, content_type=kind)
        assert (answer.status_code, frequency(mine)) == (200, "off")
    assert "You get no more mail of Mio Motors." in text_of(answer)


@pytest.mark.parametrize(
    ("choice", "chosen"), [("weekly", "weekly"), ("daily", "daily"), ("off", "off")]
)
def test_the_buttons_do_what_they_say_and_it_can_be_turned_back(
    mine: Subscription, strict: Client, choice: str, chosen: str
):
    assert strict.post(path_of(mine), {"choice": choice}).status_code == 200
    assert frequency(mine) == chosen
    page = strict.post(path_of(mine), {"choice": "again"})
    assert frequency(mine) == "instant"
    assert "You get mail of Mio Motors again, at once." in text_of(page)


def test_one_idea_alone_is_left(mine: Subscription, strict: Client, idea: Idea, charlie: User):
    follows.follow(idea=idea, participant=make_participant(idea.brand, charlie))
    path = f"{path_of(mine)}?idea={idea.code}"
    assert f"Nothing more of “{idea.title}” alone" in text_of(strict.get(path))
    for _n in range(2):
        page = text_of(strict.post(path, {"choice": "idea"}))
        assert "You hear nothing more of this idea." in page
    assert not follows.follows(idea=idea, user=charlie)
    assert frequency(mine) == "instant"
    assert "Nothing more of" not in text_of(strict.get(path))


@pytest.mark.parametrize("how", ["hidden", "of a brand they left"])
def test_the_link_names_no_idea_that_its_reader_may_not_see_any_more(
    mine: Subscription, strict: Client, idea: Idea, how: str
):
    if how == "hidden":
        Idea.objects.update(hidden=True)
    else:
        Brand.objects.update(visibility=Visibility.MEMBERS)
    assert idea.title not in text_of(strict.get(f"{path_of(mine)}?idea={idea.code}"))


def test_somebody_of_the_team_who_never_took_part_leaves_an_idea_too(
    brand: Any, bob: User, strict: Client, idea: Idea
):
    path = f"{path_of(subscriptions.of(bob, brand))}?idea={idea.code}"
    assert "You hear nothing more of this idea." in text_of(strict.post(path, {"choice": "idea"}))
    assert Follow.objects.get(participant__user=bob).active is False


@pytest.mark.parametrize("code", ["nothing", "%00", "'", "x" * 500])
def test_an_idea_that_is_not_there_is_not_offered(mine: Subscription, strict: Client, code: str):
    path = f"{path_of(mine)}?idea={code}"
    assert "Nothing more of" not in text_of(strict.get(path))
    assert strict.post(path, {"choice": "idea"}).status_code == 404
    assert frequency(mine) == "instant"


def test_the_token_of_one_person_and_brand_touches_no_other(
    mine: Subscription, brand: Any, alice: User, strict: Client
):
    theirs = subscriptions.of(alice, brand)
    strict.post(path_of(mine))
    assert (frequency(mine), frequency(theirs)) == ("off", "instant")
    reader(alice).post(path_of(mine), {"choice": "again"})  # signed in as somebody else
    assert (frequency(mine), frequency(theirs)) == ("instant", "instant")


@pytest.mark.parametrize("token", ["nothing", "x" * 40, "é" * 40, "a%00" * 10, "..%2f" * 8])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_token_is_told_so_kindly(strict: Client, token: str, method: str, db: None):
    answer = getattr(strict, method)(f"/unsubscribe/{token}/")
    assert answer.status_code == 404
    if "%2f" not in token:
        assert "This link leads nowhere" in text_of(answer)


def test_the_page_speaks_the_language_of_its_reader(
    mine: Subscription, charlie: User, strict: Client
):
    User.objects.filter(pk=charlie.pk).update(language="fr")
    answer = strict.get(path_of(mine), headers={"accept-language": "en"})
    with translation.override("fr"):
        assert translation.gettext("One mail a week instead") in text_of(answer)
    assert '<html lang="fr"' in answer.content.decode()


def test_other_methods_are_refused(mine: Subscription, strict: Client):
    assert strict.put(path_of(mine)).status_code == 405
    assert frequency(mine) == "instant"
