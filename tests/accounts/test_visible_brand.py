"""A brand is found by a query that is written down once, and that follows visible_to()."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.access import Moved, brand_or_404
from accounts.enums import Role, Visibility
from accounts.models import Brand, FormerSlug, Membership, Participant
from cocreate.lib.errors import NotFound
from notifications.access import unread_count
from notifications.models import Notice
from tests.factories import make_brand, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers():
    """Of each kind, and the brands that they may see beside the public one."""
    private, other = make_brand("private"), make_brand("other")
    Brand.objects.exclude(slug="mio").update(visibility=Visibility.MEMBERS)
    team, admitted, waiting, stranger = (make_user() for _n in range(4))
    Membership.objects.create(brand=private, user=team, role=Role.ANALYST)
    Participant.objects.create(brand=private, user=admitted, admitted=True)
    Participant.objects.create(brand=private, user=waiting, admitted=False)
    Membership.objects.create(brand=other, user=stranger, role=Role.MANAGER)
    return [None, AnonymousUser(), team, admitted, waiting, stranger]


def found(user, slug):
    try:
        return brand_or_404(user, slug).slug
    except NotFound:
        return None


def test_everybody_finds_what_is_visible_to_them_and_nothing_else(readers):
    make_brand("mio")
    for user in readers:
        visible = set(Brand.objects.visible_to(user).values_list("slug", flat=True))
        slugs = ("mio", "private", "other", "none")
        assert {found(user, slug) for slug in slugs} - {None} == visible


def test_a_brand_that_is_found_is_whole(readers):
    brand = make_brand("mio", languages=["en", "fr"])
    same = Brand.objects.get(pk=brand.pk)
    assert vars(brand_or_404(readers[2], "mio")).keys() == vars(same).keys()
    assert brand_or_404(None, "mio").languages == ["en", "fr"]
    assert brand_or_404(None, "mio").half_life == same.half_life


def test_a_brand_that_moved_is_told_to_whoever_may_see_it(readers):
    FormerSlug.objects.create(slug="before", brand=Brand.objects.get(slug="private"))
    with pytest.raises(Moved):
        brand_or_404(readers[2], "before")
    with pytest.raises(NotFound) as error:
        brand_or_404(readers[4], "before")
    assert not isinstance(error.value, Moved)


def test_unread_notices_are_counted_for_each_alone(readers):
    for user in readers[2:]:
        assert unread_count(user) == Notice.objects.readable_by(user).unread().count()
