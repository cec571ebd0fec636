"""/admin/ is for operators, by the site's own sign-in; what must not change cannot be changed."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain import keys
from accounts.domain.activity import record
from accounts.enums import Scope
from accounts.models import Activity, ApiKey, Brand, User
from ideas.domain import votes
from ideas.models import Vote, VoteEvent
from notifications.models import Mail, Notice
from tests.factories import PASSWORD, make_idea, make_user
from tests.operators import signed_in

EDITABLE = {User, Brand}


@pytest.fixture
def operator(db):
    user = make_user("Olga")
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    user.refresh_from_db()
    return user


@pytest.fixture
def desk(operator):
    """The operator's browser, signed in by the site's own page a moment ago."""
    return signed_in(operator)


def models():
    return [*admin.site._registry]


def list_of(model) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def test_a_visitor_is_sent_to_the_sites_own_sign_in(client, db):
    response = client.get("/admin/ideas/idea/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert "/admin/ideas/idea/" in response.redirect_chain[-1][0].replace("%2F", "/")


def test_the_administration_takes_no_password_itself(client, operator):
    for path in ("/admin/login/", "/admin/"):
        response = client.post(path, {"username": operator.email, "password": PASSWORD})
        assert (response.status_code, "_auth_user_id" in client.session) == (302, False)
        assert response["Location"].startswith(("/accounts/login/", "/admin/login/"))


def test_signing_in_leads_an_operator_there(client, operator):
    entrance = client.get("/admin/", follow=True).redirect_chain[-1][0]
    form = {"login": operator.email, "password": PASSWORD}
    response = client.post(entrance, form, follow=True)
    assert (response.redirect_chain[-1][0], response.status_code) == ("/admin/", 200)


def test_a_member_is_refused_and_not_sent_in_circles(charlie):
    response = signed_in(charlie).get("/admin/", follow=True)
    assert response.status_code == 403


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_owns_or_manages_a_brand_is_nobody_here(request, brand, who):
    client = signed_in(request.getfixturevalue(who))
    for model in models():
        assert client.get(list_of(model), follow=True).status_code == 403


def test_an_operator_whose_account_is_closed_is_out(desk, operator):
    User.objects.filter(pk=operator.pk).update(is_active=False)
    assert desk.get("/admin/").status_code == 302


def test_after_two_hours_the_password_is_asked_again(operator):
    response = signed_in(operator, seconds_ago=7201).get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/reauthenticate/?next=")
    assert signed_in(operator, seconds_ago=7100).get("/admin/").status_code == 200


def test_a_password_changes_on_the_sites_own_page(desk):
    assert desk.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_every_list_opens_and_nothing_can_be_added_or_deleted(desk):
    for model in models():
        here = list_of(model)
        assert desk.get(here).status_code == 200, here
        assert desk.get(f"{here}add/").status_code == 403, here
        assert desk.post(here, {"action": "delete_selected"}).status_code in (200, 302), here


def test_a_mail_of_a_notice_names_whom_it_is_for_in_as_many_queries(desk, brand):
    def queries_of_a_list():
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(list_of(Mail)).content.decode()
        return len(asked), page

    def tell(name):
        user = make_user(name, email=f"{name}@example.org")
        posted = record("idea.posted", subject=("idea", name), brand=brand)
        note = Notice.objects.create(user=user, activity=posted)
        Mail.objects.create(notice=note, message_id=name)

    tell("one")
    queries_of_a_list()
    before = queries_of_a_list()[0]
    tell("two")
    after, page = queries_of_a_list()
    assert after == before
    assert "one@example.org" in page
    assert "two@example.org" in page


def test_no_two_parts_of_the_front_page_have_one_name(desk):
    page = desk.get("/admin/")
    names = [str(part["name"]) for part in page.context["app_list"]]
    assert len(set(names)) == len(names)
    body = page.content.decode()
    assert body.index("recent-actions-module") < body.index("/styleguide/")


def test_only_accounts_and_brands_can_be_changed(rf, operator):
    request = rf.get("/admin/")
    request.user = operator
    changeable = {
        m for m, page in admin.site._registry.items() if page.has_change_permission(request)
    }
    assert changeable == EDITABLE


def test_the_ledger_cannot_be_written(desk, idea, charlie):
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    for row in (Vote.objects.get(), VoteEvent.objects.get()):
        page = f"{list_of(type(row))}{row.pk}/"
        shown = desk.get(f"{page}change/")
        assert (shown.status_code, b'name="value"' in shown.content) == (200, False)
        assert desk.post(f"{page}change/", {"value": "-1"}).status_code == 403
        assert desk.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert (Vote.objects.get().value, VoteEvent.objects.get().value) == (1, 1)


def test_no_hash_and_no_signing_secret_is_shown(desk, brand, alice):
    key, secret = keys.create_key(
        brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=alice
    )[:2]
    row = ApiKey.objects.get(pk=key.pk)
    page = desk.get(f"/admin/accounts/apikey/{row.pk}/change/").content.decode()
    assert row.prefix in page
    assert row.hash not in page
    assert secret not in page
    for model in models():
        names = {"hash", "signing_secret", "password", "session_data", "mailbox", "text", "html"}
        shown = set(admin.site._registry[model].get_fields(request_of(desk)))
        assert not names & shown, model


def request_of(client: Client):
    return client.get("/admin/").wsgi_request


def test_closing_an_account_ends_its_sessions_and_is_recorded(desk, operator, charlie):
    theirs = signed_in(charlie)
    page = f"/admin/accounts/user/{charlie.pk}/change/"
    assert desk.post(page, {"is_active": ""}).status_code == 302
    charlie.refresh_from_db()
    assert (charlie.is_active, charlie.is_staff) == (False, False)
    assert not charlie.sessions.exists()
    assert theirs.get("/me/").status_code == 302
    record = Activity.objects.get(kind="user.standing")
    assert (record.actor, record.private, record.data) == (
        operator, True, {"active": False, "staff": False},
    )  # fmt: skip


def test_an_address_is_not_changed_behind_the_mailboxes_back(desk, charlie):
    page = f"/admin/accounts/user/{charlie.pk}/change/"
    desk.post(page, {"is_active": "on", "email": "evil@example.org", "is_superuser": "on"})
    before = charlie.email
    charlie.refresh_from_db()
    assert (charlie.email, charlie.is_superuser) == (before, False)


def test_the_last_operator_cannot_leave(desk, operator):
    page = f"/admin/accounts/user/{operator.pk}/change/"
    response = desk.post(page, {"is_active": "on"})
    assert response.status_code == 200
    assert "name another one first" in response.content.decode()
    operator.refresh_from_db()
    assert operator.is_staff


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_counts_no_table_and_asks_no_more_for_more_rows(desk, challenge, rows):
    for _n in range(rows):
        make_idea(challenge)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert desk.get("/admin/ideas/idea/").status_code == 200
    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if "COUNT(*)" in sql.upper()]
    assert len(asked) == 3  # who asks, their right, the list
