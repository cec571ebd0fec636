"""Who gets what, for every address of the site. An address that is not in the table fails.

A row is the status of a GET for: nobody, charlie (the public), rita (reads for the brand), bob
(manages), alice (owns), mallory (owns another brand).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.domain import invitations, keys
from accounts.enums import Role, Scope
from accounts.models import FormerSlug
from ideas.domain import comments, ideas
from ideas.enums import ImportKind
from ideas.importers.batches import open_batch
from notifications.domain import subscriptions
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.operators import signed_in
from web.links import idea_path

PERSONAS = ["nobody", "charlie", "rita", "bob", "alice", "mallory"]
EVERYBODY, NOT_THERE = (200,) * 6, (404,) * 6
MEMBERS = (302, 200, 200, 200, 200, 200)
GUESTS = (200, 302, 302, 302, 302, 302)
TEAM = (302, 403, 200, 200, 200, 403)
MANAGERS = (302, 403, 403, 200, 200, 403)
OWNER = (302, 403, 403, 403, 200, 403)
CLUB_DESK = (302, 404, 404, 404, 200, 404)
POST_ONLY = (405,) * 6
OWN_BRAND = (404, 404, 404, 404, 200, 404)  # the club is alice's, for members only

PAGES = {
    "/": EVERYBODY,
    "/b/mio/": EVERYBODY,
    "/styleguide/": NOT_THERE,
    "/docs/": (302,) * 6,
    "/docs/api/": EVERYBODY,
    "/docs/embed/": EVERYBODY,
    "/docs/ranking/": EVERYBODY,
    "/colours/1/ffd500.css": EVERYBODY,
    "/b/mio/roadmap/": EVERYBODY,
    "/b/club/": OWN_BRAND,
    "/b/club/roadmap/": OWN_BRAND,
    "/b/nobody/": NOT_THERE,
    "/b/mio/c/street/": EVERYBODY,
    "/b/mio/c/nothing/": NOT_THERE,
    "/b/club/c/club/": OWN_BRAND,
    "/b/mio/c/draft/": (404, 404, 200, 200, 200, 404),
    "/b/mio/c/draft/rules/": (404, 404, 200, 200, 200, 404),
    "/b/mio/c/street/rules/": EVERYBODY,
    "/b/mio/c/nothing/rules/": NOT_THERE,
    "/b/club/c/club/rules/": OWN_BRAND,
    "/b/mio/c/street/votes/": MEMBERS,
    "/b/mio/c/draft/votes/": (404, 404, 200, 200, 200, 404),
    "/b/club/c/club/votes/": OWN_BRAND,
    "/b/mio/logo/nothing.webp": NOT_THERE,
    "/b/mio/cover/nothing.webp": NOT_THERE,
    "/b/mio/c/street/cover/nothing.webp": NOT_THERE,
    "/b/mio/pictures/": POST_ONLY,
    "/b/mio/pictures/nothing/crop/": POST_ONLY,
    "/b/mio/pictures/nothing-320.webp": NOT_THERE,
    "/i/{code}/pictures/nothing-320.webp": NOT_THERE,
    "/i/{code}/card.png": (302,) * 6,
    "/i/{club_code}/card.png": NOT_THERE,
    "/i/{code}/card-0000000000000000.png": (302,) * 6,
    "/i/{club_code}/card-0000000000000000.png": NOT_THERE,
    "/b/old-mio/": (301,) * 6,
    "/b/old-club/": (404, 404, 404, 404, 301, 404),
    "/b/mio/submit/": MEMBERS,
    "/b/mio/similar/": EVERYBODY,
    "/b/club/similar/": OWN_BRAND,
    "/b/mio/counts/?ideas={code}": EVERYBODY,
    "/b/club/counts/?ideas={club_code}": OWN_BRAND,
    "/b/club/submit/": OWN_BRAND,
    "/b/mio/drafts/save/": POST_ONLY,
    "{idea}": EVERYBODY,
    "{hidden}": (404, 404, 200, 200, 200, 404),
    "{club}": OWN_BRAND,
    "/i/{code}/wrong-slug/": (301,) * 6,
    "/i/{code}/": (301,) * 6,
    "/i/{hidden_code}/": (404, 404, 301, 301, 301, 404),
    "/i/{club_code}/": (404, 404, 404, 404, 301, 404),
    "/i/{code}/vote/": MEMBERS,
    "/i/{club_code}/vote/": OWN_BRAND,
    "/i/{code}/edit/": (302, 403, 403, 200, 200, 403),
    "/i/{club_code}/edit/": CLUB_DESK,
    "/i/{code}/history/": EVERYBODY,
    "/i/{club_code}/history/": OWN_BRAND,
    "/i/{code}/why/": EVERYBODY,
    "/i/{club_code}/why/": OWN_BRAND,
    "/i/{code}/delete/": (302, 403, 403, 403, 403, 403),  # its author is none of these
    "/i/{code}/restore/": POST_ONLY,
    "/i/{code}/authors/": (302, 403, 403, 403, 403, 403),
    "/i/{code}/authors/nothing/": NOT_THERE,
    "/i/{code}/follow/": MEMBERS,
    "/i/{club_code}/follow/": OWN_BRAND,
    "/i/{code}/report/": MEMBERS,
    "/i/{code}/report/?comment={comment_code}": (302, 403, 200, 200, 200, 200),  # charlie's own
    "/i/{club_code}/report/": OWN_BRAND,
    "/i/{code}/comments/": MEMBERS,
    "/i/{code}/comments/?reply={comment_code}": MEMBERS,
    "/i/{club_code}/comments/": OWN_BRAND,
    "/i/{code}/comments/{comment_code}/": (302,) * 6,
    "/i/{club_code}/comments/{club_comment_code}/": (404, 404, 404, 404, 302, 404),
    "/i/{code}/comments/{comment_code}/edit/": (302, 200, 403, 403, 403, 403),
    "/i/{code}/comments/{answer_code}/edit/": MANAGERS,
    "/i/{code}/comments/{hidden_comment_code}/edit/": (302, 404, 403, 403, 403, 404),
    "/i/{code}/comments/{comment_code}/delete/": POST_ONLY,
    "/u/charlie/": EVERYBODY,
    "/u/nobody/": NOT_THERE,
    "/u/charlie/avatar/nothing.webp": NOT_THERE,
    "/me/": MEMBERS,
    "/me/data/": MEMBERS,
    "/me/deliveries/": MEMBERS,
    "/me/drafts/": MEMBERS,
    "/me/drafts/delete/": POST_ONLY,
    "/me/deliveries/try-again/": POST_ONLY,
    "/me/notices/nobodys/": (302, 404, 404, 404, 404, 404),
    "/me/notifications/": MEMBERS,
    "/me/data/download/": (302,) * 6,  # the password once more
    "/me/data/erase/": (302,) * 6,
    "/me/places/": MEMBERS,
    "/me/places/leave-community/": (405,) * 6,
    "/me/places/leave-team/": (405,) * 6,
    "/me/profile/": MEMBERS,
    "/me/sessions/": MEMBERS,
    "/me/sessions/end/": (405,) * 6,
    "/me/sessions/end-others/": (405,) * 6,
    "/me/tokens/": MEMBERS,
    "/me/tokens/revoke/": (405,) * 6,
    "/desk/mio/": TEAM,
    "/desk/mio/many/": (302, 403, 403, 302, 302, 403),  # nothing is ticked
    "/desk/mio/many/?idea={code}": MANAGERS,
    "/desk/mio/many/status/": POST_ONLY,
    "/desk/mio/many/owner/": POST_ONLY,
    "/desk/mio/many/hide/": POST_ONLY,
    "/desk/mio/many/undo/": POST_ONLY,
    "/desk/mio/ideas/{code}/": TEAM,
    "/desk/mio/ideas/{hidden_code}/": TEAM,
    "/desk/mio/ideas/{club_code}/": (302, 403, 404, 404, 404, 403),
    "/desk/mio/views/": TEAM,
    "/desk/mio/views/undo/": POST_ONLY,
    "/desk/mio/views/abc/": POST_ONLY,
    "/desk/mio/ideas/{code}/owner/": POST_ONLY,
    "/desk/mio/ideas/{code}/owner/undo/": POST_ONLY,
    "/desk/mio/ideas/{code}/status/": POST_ONLY,
    "/desk/mio/ideas/{code}/status/abc/undo/": POST_ONLY,
    "/desk/mio/ideas/{code}/votes/": POST_ONLY,
    "/desk/mio/ideas/{code}/votes/1/undo/": POST_ONLY,
    "/desk/mio/ideas/{code}/answer/": POST_ONLY,
    "/desk/mio/ideas/{code}/answer/abc/undo/": POST_ONLY,
    "/desk/mio/ideas/{code}/notes/": POST_ONLY,
    "/desk/mio/ideas/{code}/notes/abc/delete/": POST_ONLY,
    "/desk/mio/ideas/{code}/hide/": POST_ONLY,
    "/desk/mio/ideas/{code}/show/": POST_ONLY,
    "/desk/mio/ideas/{code}/revisions/1/hide/": POST_ONLY,
    "/desk/mio/ideas/{code}/revisions/1/show/": POST_ONLY,
    "/desk/mio/comments/abc/hide/": POST_ONLY,
    "/desk/mio/comments/abc/show/": POST_ONLY,
    "/desk/mio/insights/": TEAM,
    "/desk/mio/reports/": TEAM,
    "/desk/mio/reports/abc/settle/": POST_ONLY,
    "/desk/mio/people/": TEAM,
    "/desk/mio/people/{ref}/stop/": MANAGERS,
    "/desk/mio/people/abc/stop/": (302, 403, 403, 404, 404, 403),
    "/desk/mio/people/abc/allow/": POST_ONLY,
    "/desk/mio/challenges/": TEAM,
    "/desk/mio/challenges/new/": MANAGERS,
    "/desk/mio/challenges/street/": MANAGERS,
    "/desk/mio/challenges/draft/": MANAGERS,
    "/desk/mio/challenges/nothing/": (302, 403, 403, 404, 404, 403),
    "/desk/mio/challenges/street/rules/": POST_ONLY,
    "/desk/mio/challenges/street/close/": POST_ONLY,
    "/desk/mio/challenges/street/discard/": POST_ONLY,
    "/desk/mio/challenges/street/cover/": POST_ONLY,
    "/desk/mio/statuses/": MANAGERS,
    "/desk/mio/statuses/standard/": POST_ONLY,
    "/desk/mio/team/": TEAM,
    "/desk/mio/team/invite/": POST_ONLY,
    "/desk/mio/team/hand-over/": OWNER,
    "/desk/mio/team/bob/role/": POST_ONLY,
    "/desk/mio/team/bob/remove/": POST_ONLY,
    "/desk/mio/invitations/abc/resend/": POST_ONLY,
    "/desk/mio/invitations/abc/withdraw/": POST_ONLY,
    "/desk/mio/admission/": MANAGERS,
    "/desk/mio/admission/invite/": POST_ONLY,
    "/desk/mio/admission/abc/end/": POST_ONLY,
    "/desk/mio/alerts/": MANAGERS,
    "/desk/mio/alerts/bursts/": POST_ONLY,
    "/desk/mio/alerts/abc/change/": POST_ONLY,
    "/desk/mio/alerts/abc/remove/": POST_ONLY,
    "/desk/mio/imports/": MANAGERS,
    "/desk/mio/imports/{import}/": MANAGERS,
    "/desk/mio/imports/nothing/": (302, 403, 403, 404, 404, 403),
    "/desk/mio/imports/{import}/choose/": POST_ONLY,
    "/desk/mio/imports/{import}/discard/": POST_ONLY,
    "/desk/mio/imports/{import}/undo/": POST_ONLY,
    "/desk/club/imports/": CLUB_DESK,
    "/desk/mio/keys/": MANAGERS,
    "/desk/mio/embed/": MANAGERS,
    "/desk/mio/keys/cos_abc/rotate/": POST_ONLY,
    "/desk/mio/keys/cos_abc/revoke/": POST_ONLY,
    "/desk/mio/settings/": MANAGERS,
    "/desk/mio/settings/address/": POST_ONLY,
    "/desk/mio/settings/logo/": POST_ONLY,
    "/desk/club/": CLUB_DESK,
    "/desk/club/many/?idea={club_code}": CLUB_DESK,
    "/desk/club/ideas/{club_code}/": CLUB_DESK,
    "/desk/club/insights/": CLUB_DESK,
    "/desk/club/reports/": CLUB_DESK,
    "/desk/club/people/": CLUB_DESK,
    "/desk/club/challenges/": CLUB_DESK,
    "/desk/club/challenges/club/": CLUB_DESK,
    "/desk/club/statuses/": CLUB_DESK,
    "/desk/club/team/": CLUB_DESK,
    "/desk/club/team/hand-over/": CLUB_DESK,
    "/desk/club/admission/": CLUB_DESK,
    "/desk/club/alerts/": CLUB_DESK,
    "/desk/club/keys/": CLUB_DESK,
    "/desk/club/embed/": CLUB_DESK,
    "/desk/club/settings/": CLUB_DESK,
    "/desk/old-mio/": (302, 301, 301, 301, 301, 301),
    "/desk/old-club/": (302, 404, 404, 404, 301, 404),
    "/desk/nobody/": (302, 404, 404, 404, 404, 404),
    "/invitations/{invitation}/": (200, 403, 403, 403, 403, 403),  # it is for zoe
    "/invitations/nothing/": NOT_THERE,
    "/unsubscribe/{unsubscribe}/": EVERYBODY,  # whoever holds the link of a mail
    "/unsubscribe/nothing/": NOT_THERE,
    "/language/?to=fr": (302,) * 6,
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/demo/": NOT_THERE,
    "/favicon.ico": (302,) * 6,
    "/site.webmanifest": EVERYBODY,
    "/ahead.json": EVERYBODY,
    "/metrics": EVERYBODY,  # of a site that is this machine's alone; tests/operations has the rest
    "/robots.txt": EVERYBODY,
}
ACCOUNT = {
    "/accounts/login/": GUESTS,
    "/accounts/signup/": GUESTS,
    "/accounts/enter/": GUESTS,
    "/accounts/enter/code/": (302,) * 6,
    "/accounts/logout/": MEMBERS,
    "/accounts/inactive/": EVERYBODY,
    "/accounts/reauthenticate/": MEMBERS,
    "/accounts/reauthenticate/code/": (302,) * 6,  # of whoever has no password
    "/accounts/email/": MEMBERS,
    "/accounts/confirm-email/": (302,) * 6,
    "/accounts/password/change/": MEMBERS,
    "/accounts/password/set/": (302,) * 6,
    "/accounts/password/reset/": EVERYBODY,
    "/accounts/password/reset/confirm/": (302,) * 6,
    "/accounts/password/reset/complete/": (302,) * 6,
    "/accounts/password/reset/done/": EVERYBODY,
    "/accounts/login/code/confirm/": (302,) * 6,
}
API = {
    "/embed/v1/ideas/{code}/": NOT_THERE,
    "/embed/v1/ideas/{code}/?key={widget}": EVERYBODY,
    "/embed/v1/ideas/{hidden_code}/?key={widget}": NOT_THERE,
    "/embed/v1/ideas/{club_code}/?key={widget}": NOT_THERE,
    "/embed/v1/brands/mio/": NOT_THERE,
    "/embed/v1/brands/mio/?key={widget}": EVERYBODY,
    "/embed/v1/brands/club/?key={widget}": NOT_THERE,
    "/embed/v1/cocreate.js": EVERYBODY,
    "/embed/v1/cocreate.0000000000000000.js": NOT_THERE,
    "/embed/v1/launcher.js": EVERYBODY,
    "/embed/v1/launcher.0000000000000000.js": NOT_THERE,
    "/api/v1/schema/": EVERYBODY,
    "/api/v1/widget/sessions/": POST_ONLY,
    "/api/v1/images/": POST_ONLY,
    "/api/v1/me/": (401, 200, 200, 200, 200, 200),
    "/api/v1/brands/mio/": EVERYBODY,
    "/api/v1/brands/club/": OWN_BRAND,
    "/api/v1/brands/old-mio/": (308,) * 6,
    "/api/v1/brands/old-club/": (404, 404, 404, 404, 308, 404),
    "/api/v1/brands/mio/challenges/": EVERYBODY,
    "/api/v1/brands/club/challenges/": OWN_BRAND,
    "/api/v1/brands/mio/challenges/street/statement/": (401, 200, 200, 200, 200, 200),
    "/api/v1/brands/mio/challenges/draft/statement/": (401, 404, 200, 200, 200, 404),
    "/api/v1/brands/club/challenges/open/statement/": (401, 404, 404, 404, 200, 404),
    "/api/v1/brands/mio/board/": EVERYBODY,
    "/api/v1/brands/mio/board/?challenge=draft": (404, 404, 200, 200, 200, 404),
    "/api/v1/brands/club/board/": OWN_BRAND,
    "/api/v1/brands/mio/ideas/": EVERYBODY,
    "/api/v1/brands/mio/ideas/?challenge=draft": (404, 404, 200, 200, 200, 404),
    "/api/v1/brands/club/ideas/": OWN_BRAND,
    "/api/v1/brands/mio/roadmap/": EVERYBODY,
    "/api/v1/brands/club/roadmap/": OWN_BRAND,
    "/api/v1/brands/mio/similar/?q=roof": EVERYBODY,
    "/api/v1/brands/club/similar/?q=roof": OWN_BRAND,
    "/api/v1/ideas/{code}/similar/": EVERYBODY,
    "/api/v1/ideas/{hidden_code}/similar/": (404, 404, 200, 200, 200, 404),
    "/api/v1/ideas/{club_code}/similar/": OWN_BRAND,
    "/api/v1/ideas/{code}/": EVERYBODY,
    "/api/v1/ideas/{hidden_code}/": (404, 404, 200, 200, 200, 404),
    "/api/v1/ideas/{club_code}/": OWN_BRAND,
    "/api/v1/ideas/{code}/vote/": (405,) * 6,
    "/api/v1/ideas/{code}/comments/": EVERYBODY,
    "/api/v1/ideas/{hidden_code}/comments/": (404, 404, 200, 200, 200, 404),
    "/api/v1/ideas/{club_code}/comments/": OWN_BRAND,
    "/api/v1/ideas/{code}/status/": EVERYBODY,
    "/api/v1/ideas/{hidden_code}/status/": (404, 404, 200, 200, 200, 404),
    "/api/v1/ideas/{club_code}/status/": OWN_BRAND,
    "/api/v1/ideas/{code}/response/": (405,) * 6,
    "/api/v1/ideas/{code}/follow/": (405,) * 6,
    "/api/v1/ideas/{code}/revisions/": EVERYBODY,
    "/api/v1/ideas/{hidden_code}/revisions/": (404, 404, 200, 200, 200, 404),
    "/api/v1/ideas/{club_code}/revisions/": OWN_BRAND,
    "/api/v1/ideas/{code}/why/": EVERYBODY,
    "/api/v1/ideas/{hidden_code}/why/": (404, 404, 200, 200, 200, 404),
    "/api/v1/ideas/{club_code}/why/": OWN_BRAND,
    "/api/v1/comments/{comment_code}/": EVERYBODY,
    "/api/v1/comments/{hidden_comment_code}/": (404, 404, 200, 200, 200, 404),
    "/api/v1/comments/{club_comment_code}/": OWN_BRAND,
    "/api/v1/comments/nothing/": NOT_THERE,
    "/api/v1/nothing/": NOT_THERE,
}
TABLE = PAGES | ACCOUNT | API
# What stands on pages of others: no cookie is read there, and a frame may be made of it.
FRAMES = {path for path in TABLE if path.startswith("/embed/v1/")}


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = django_settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def clients(request: Any, brand: Any) -> dict[str, Client]:
    """Everybody at a browser of their own."""
    found = {}
    for name in PERSONAS:
        found[name] = Client()
        if name != "nobody":
            user = request.getfixturevalue(name)
            found[name].force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return found


@pytest.fixture
def names(challenge: Any, idea: Any, alice: Any, charlie: Any) -> dict[str, str]:
    hidden = make_idea(challenge, author=make_participant(challenge.brand), title="Hidden")
    ideas.set_hidden(idea=hidden, hidden=True, actor=alice)
    club = make_brand("club", owner=alice, visibility="members")
    inside = make_idea(make_challenge(club, slug="club"), title="Inside")
    for moved in (challenge.brand, club):
        FormerSlug.objects.create(slug=f"old-{moved.slug}", brand=moved)
    batch = invitations.invite(
        brand=club, emails=["zoe@example.org"], role=Role.MANAGER, actor=alice
    )
    make_challenge(challenge.brand, slug="draft", published=False)
    rows = {"idea": idea, "hidden": hidden, "club": inside}
    codes = {"invitation": batch.issued[0].secret}
    scopes = [Scope.WIDGET]
    made = keys.create_key(brand=challenge.brand, scopes=scopes, origins=[], rate=0, actor=None)
    codes["widget"] = made[1]
    codes["unsubscribe"] = subscriptions.of(charlie, challenge.brand).token
    codes |= {
        "ref": idea.author.ref,
        "code": idea.code,
        "hidden_code": hidden.code,
        "club_code": inside.code,
    }
    codes["import"] = open_batch(
        brand=challenge.brand, challenge=challenge, kind=ImportKind.POLIS, file_name="x", actor=None
    ).code
    codes |= talk(idea, inside, make_participant(challenge.brand, charlie))
    return codes | {name: idea_path(row.code, row.title) for name, row in rows.items()}


def talk(idea: Any, inside: Any, author: Any) -> dict[str, str]:
    """A comment by charlie, one that is hidden, the brand's answer, and one in the club."""
    said = {
        "comment_code": comments.post(idea=idea, author=author, body="Mine"),
        "hidden_comment_code": comments.post(idea=idea, author=author, body="Rude"),
        "answer_code": comments.answer(idea=idea, body="Yes", actor=None),
        "club_comment_code": comments.answer(idea=inside, body="Inside", actor=None),
    }
    comments.set_hidden(comment=said["hidden_comment_code"], hidden=True, actor=None)
    return {name: comment.code for name, comment in said.items()}


def test_everybody_gets_what_the_table_says(clients, names):
    found = {}
    for address in TABLE:
        path = address.format(**names)
        found[address] = tuple(clients[who].get(path).status_code for who in PERSONAS)
    assert found == TABLE


def test_the_administration_is_for_operators_alone(clients, alice):
    found = {name: client.get("/admin/", follow=True) for name, client in clients.items()}
    assert found.pop("nobody").redirect_chain[-1][0].startswith("/accounts/login/")
    assert {name: answer.status_code for name, answer in found.items()} == (
        dict.fromkeys(PERSONAS[1:], 403)
    )
    type(alice).objects.filter(pk=alice.pk).update(is_staff=True)
    assert signed_in(alice).get("/admin/").status_code == 200


def test_no_address_is_missing_from_the_table(names):
    known = {matched(address.format(**names).partition("?")[0]) for address in TABLE}
    missing = {route for route in routes(get_resolver()) if route not in known}
    assert missing == set(), "give these a row in TABLE"


def matched(path: str) -> str:
    return str(get_resolver().resolve(path).route)


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address as Django writes it, but for those of its own administration."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern).removeprefix("^" if before else "")
        if isinstance(entry, URLPattern):
            yield route
        elif getattr(entry, "namespace", None) != site.name:
            yield from routes(entry, route)
