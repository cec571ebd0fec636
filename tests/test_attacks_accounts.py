"""Somebody who means harm, at everything around an account: races with erasing, names that were
given up, odd bytes, and what a page says to whom it is none of their business.
"""

from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.domain import brands, keys, privacy
from accounts.domain.participants import claimed
from accounts.enums import Scope
from accounts.models import ApiKey, Invitation, User
from ideas.domain.ideas import post_idea
from ideas.domain.votes import cast_as_user
from ideas.models import Idea
from notifications.domain import outbox
from notifications.domain.rendering import Rendered
from notifications.models import Mail
from tests.accounts.steps import signed_in
from tests.factories import make_challenge, make_idea
from tests.gate import Crowd, another_connection
from tests.web.conftest import plain_and_quick as plain_and_quick

with_threads = pytest.mark.django_db(transaction=True)


def while_erasing(user: User, call) -> list:
    """Stop the erasing after its first look, let the other call go as far as it can, go on."""
    with another_connection() as gate:
        gate.execute("LOCK TABLE notifications_mail IN SHARE MODE")
        erasing = Crowd([partial(privacy.erase, user=user)])
        erasing.wait_until_all_wait()
        other = Crowd([call])
        wait_until_stuck_or_done(other)
    return [*erasing.finish(), *other.finish()]


def wait_until_stuck_or_done(crowd: Crowd) -> None:
    (thread,) = crowd._threads
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pid = %s", crowd.pids)
            if cursor.fetchone() is not None:
                return
        thread.join(0.02)


@with_threads
def test_w14_a_key_made_while_its_maker_is_erased_does_not_live(brand, bob):
    make = partial(keys.create_key, brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=bob)
    answers = while_erasing(bob, make)
    assert not User.objects.filter(pk=bob.pk).exists(), answers
    assert not ApiKey.objects.filter(revoked_at=None).exists(), answers


@with_threads
def test_g04_an_idea_posted_in_the_name_of_somebody_erased_meanwhile_leaves_no_text(
    brand, charlie, make_secret_key
):
    challenge, key = make_challenge(brand), make_secret_key(brand)
    author = claimed(brand=brand, key=key, external_id=None, email=charlie.email, name="Charlie")
    post = partial(post_idea, challenge=challenge, author=author, title="I am Charlie")
    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_activity IN SHARE MODE")
        posting = Crowd([post])
        posting.wait_until_all_wait()
        erasing = Crowd([partial(privacy.erase, user=charlie)])
        wait_until_stuck_or_done(erasing)
    answers = [*posting.finish(), *erasing.finish()]
    assert not User.objects.filter(pk=charlie.pk).exists(), answers
    assert [idea.title for idea in Idea.objects.all()] == ["—"], answers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/me/places/leave-team/", "brand"),
        ("/me/places/leave-community/", "brand"),
        ("/me/tokens/revoke/", "token"),
        ("/me/sessions/end/", "session"),
        ("/me/data/erase/", "handle"),
        ("/language/", "to"),
        ("/me/profile/", "handle"),
        ("/me/tokens/", "name"),
        ("/me/profile/", "interests"),
        ("/me/profile/", "display_name"),
    ],
)
@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_odd_text_in_a_members_own_forms_is_no_error_of_ours(charlie, path, field, value):
    browser = signed_in(charlie)
    answer = browser.post(path, {field: value.encode(errors="surrogatepass").decode("latin-1")})
    assert answer.status_code < 500
    assert browser.post(path, {field: value.replace("\ud800", "\ufffd")}).status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "team/invite/",
        "team/hand-over/",
        "team/rita3/role/",
        "admission/invite/",
        "keys/",
        "settings/",
        "settings/address/",
        "settings/logo/",
    ],
)
@pytest.mark.parametrize("value", ["a\x00@b.org", "a@xn--.org"])
def test_odd_text_in_the_desks_forms_is_no_error_of_ours(brand, alice, path, value):
    names = (
        "emails role member password name scopes origins rate slug tagline language languages hue "
        "colour visibility picture kind"
    )
    answer = signed_in(alice).post(f"/desk/mio/{path}", dict.fromkeys(names.split(), value))
    assert answer.status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", [r'"\000aaaaaaaaaaaaaaaa"', "x" * 5000, r'"\303\050aaaaaaaa"'])
@pytest.mark.parametrize("name", ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"])
def test_an_odd_cookie_is_no_error_of_ours(client, brand, cookie, name, settings):
    for path in ("/", "/me/", "/b/mio/", "/accounts/login/", "/api/v1/me/"):
        answer = client.get(path, headers={"cookie": f"{getattr(settings, name)}={cookie}"})
        assert answer.status_code < 500, path


@pytest.mark.django_db
def test_titles_of_a_closed_brand_are_not_told_to_whom_it_let_go(brand, charlie):
    idea = make_idea(make_challenge(brand), title="The secret engine")
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    brands.change_settings(brand=brand, actor=brand.memberships.first().user, visibility="members")
    assert b"The secret engine" not in signed_in(charlie).get("/me/").content
    copy = dict(privacy.export(user=charlie))
    assert "The secret engine" not in str(list(copy["ideas.Vote"]))


@pytest.mark.django_db
def test_a_brand_that_comes_back_to_an_address_shows_its_pictures_there(client, brand, alice):
    brands.change_address(brand=brand, slug="mio-motors", actor=alice)
    answer = client.get("/b/mio/logo/abc.webp")
    assert (answer.status_code, answer["Location"]) == (301, "/b/mio-motors/logo/abc.webp")
    assert "no-cache" in answer.get("Cache-Control", "")


@pytest.mark.django_db
def test_where_a_closed_brand_moved_is_kept_by_no_cache(brand, alice):
    brand.visibility = "members"
    brand.save()
    brands.change_address(brand=brand, slug="mio-motors", actor=alice)
    assert "private" in signed_in(alice).get("/b/mio/logo/abc.webp").get("Cache-Control", "")


@pytest.mark.django_db
def test_d10_a_team_cannot_keep_the_decoder_busy(brand, alice):
    browser, path = signed_in(alice), "/desk/mio/settings/logo/"
    codes = {
        browser.post(path, {"picture": ContentFile(b"x", "a.png")}).status_code for _n in "x" * 35
    }
    assert codes == {400, 429}


@pytest.mark.django_db
def test_g04_mails_and_invitations_to_a_former_address_go_too(brand, charlie):
    former = charlie.email
    outbox.queue(to=former, rendered=Rendered("Your code", "x", "x"))
    Invitation.objects.create(brand=brand, email=former, hash="h", expires_at="2030-01-01T00:00Z")
    charlie.emailaddress_set.update(email="new@example.org")
    charlie.email = "new@example.org"
    charlie.save()
    privacy.erase(user=charlie)
    assert not Mail.objects.filter(to=former).exists()
    assert not Invitation.objects.filter(email=former).exists()
