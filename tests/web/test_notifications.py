"""A member chooses how often each brand writes."""

import pytest

from accounts.domain.participants import of_user
from accounts.models import User
from notifications.domain import addresses, subscriptions
from notifications.models import Subscription
from tests.factories import make_brand, make_participant
from tests.web.conftest import reader, text_of

pytestmark = pytest.mark.django_db

PATH = "/me/notifications/"


@pytest.fixture
def takes_part(charlie: User, brand) -> User:
    make_participant(brand, charlie)
    return charlie


def test_who_takes_part_nowhere_is_told_what_to_do(member):
    assert "You take part nowhere yet." in text_of(member.get(PATH))


def test_a_brand_stands_there_with_its_choice_and_where_mail_goes(takes_part, member):
    page = member.get(PATH).content.decode()
    assert "Mio Motors" in page
    assert takes_part.email in page
    assert '<option value="instant" selected>At once</option>' in page


def test_a_choice_is_saved_and_shown(takes_part, member):
    answer = member.post(PATH, {"frequency-mio": "weekly"}, follow=True)
    assert answer.redirect_chain == [(PATH, 302)]
    assert '<option value="weekly" selected>' in answer.content.decode()
    assert "Your choice is saved." in text_of(answer)
    assert Subscription.objects.get(user=takes_part).frequency == "weekly"


def test_what_the_form_does_not_name_stays(takes_part, member, brand):
    subscriptions.choose(user=takes_part, brand=brand, frequency="off")
    other = make_brand("other")
    of_user(brand=other, user=takes_part)
    member.post(PATH, {"frequency-other": "daily", "frequency-nothing": "off"})
    found = {c.brand.slug: c.frequency for c in subscriptions.choices_of(takes_part)}
    assert found == {"mio": "off", "other": "daily"}


def test_what_is_no_frequency_is_refused(takes_part, member):
    assert member.post(PATH, {"frequency-mio": "hourly"}).status_code == 400


@pytest.mark.parametrize("brands", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(charlie, brands, django_assert_num_queries):
    for n in range(brands):
        make_participant(make_brand(f"brand-of-{n}"), charlie)
    client = reader(charlie)
    with django_assert_num_queries(6):
        client.get(PATH)


@pytest.mark.parametrize("path", ["/me/", "/me/notifications/", "/me/deliveries/"])
def test_who_cannot_be_reached_is_told_and_may_have_it_tried_again(member, charlie, path: str):
    addresses.mark(email=charlie.email, answer="550 5.1.1 Nobody <b>here</b>")
    page = member.get(path)
    assert f"The mail server of {charlie.email} refuses your mail" in text_of(page)
    assert "550 5.1.1 Nobody &lt;b&gt;here&lt;/b&gt;" in page.content.decode()
    answer = member.post("/me/deliveries/try-again/", follow=True)
    assert answer.redirect_chain == [("/me/", 302)]
    assert f"The next mail goes to {charlie.email} again." in text_of(answer)
    assert "refuses your mail" not in text_of(member.get(path))


def test_the_navigation_of_the_account_leads_there(member):
    assert 'href="/me/notifications/" aria-current="page"' in member.get(PATH).content.decode()
