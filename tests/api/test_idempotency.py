"""`Idempotency-Key`: a POST that is sent again is answered as before, and done once. V20."""

import subprocess
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts import limits
from accounts.domain import admission, keys
from accounts.models import Brand
from api.models import KeptAnswer
from api.tasks import sweep_kept_answers
from cocreate.embedded.postgres import find_binaries
from ideas.models import Challenge, Comment, Decision, Idea, Image
from tests.api.conftest import ALL, bearer, blamed, queries_sent, refusal
from tests.factories import make_challenge, make_idea, make_participant
from tests.gate import Crowd, another_connection
from tests.pictures import drawn, files

pytestmark = pytest.mark.django_db

POST = "brands/mio/ideas/"
ROOF = {"title": "A roof that drinks the rain"}
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def again(response):
    """What must be the same the second time."""
    headers = ("Content-Type", "Location", "ETag", "Cache-Control")
    return response.status_code, response.content, [response.get(name) for name in headers]


@pytest.fixture
def server(brand, as_server):
    return as_server(brand)


@pytest.fixture
def break_at(monkeypatch, server):
    """What is named there raises, as a bug would."""
    server.client.raise_request_exception = False

    @contextmanager
    def at(target):
        with monkeypatch.context() as patched:
            patched.setattr(target, broken)
            yield

    return at


def broken(*_args):
    raise ZeroDivisionError


def test_v20_the_same_post_again_is_answered_as_before_and_done_once(server):
    first, second = (server.post(POST, ROOF, headers=KEY) for _n in range(2))
    assert first.status_code == 201
    assert again(second) == again(first)
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert Idea.objects.get().code == first.json()["code"]


def test_v20_the_answer_is_that_of_the_first_time_whatever_happened_since(server):
    first = server.post(POST, ROOF, headers=KEY)
    server.patch(f"ideas/{first.json()['code']}/", {"title": "Another title"})
    assert again(server.post(POST, ROOF, headers=KEY)) == again(first)


def test_v20_another_body_under_the_same_key_is_422_and_nothing_is_done(server):
    server.post(POST, ROOF, headers=KEY)
    for body in ({"title": "Another roof"}, ROOF | {"tags": ["roof"]}):
        assert refusal(server.post(POST, body, headers=KEY)) == (422, "key_reused")
    assert Idea.objects.count() == 1


def test_v20_the_same_body_to_another_address_is_422(server, idea):
    sent = {"body": "Thank you."}
    other = make_idea(idea.challenge)
    assert server.post(f"ideas/{idea.code}/comments/", sent, headers=KEY).status_code == 201
    for path in (f"ideas/{idea.code}/response/", f"ideas/{other.code}/comments/"):
        assert refusal(server.post(path, sent, headers=KEY)) == (422, "key_reused")
    assert Comment.objects.count() == 1


def test_the_order_of_fields_and_the_spaces_between_them_make_no_other_body(server):
    first = server.post(POST, b'{"title": "A roof", "tags": ["a"]}', headers=KEY)
    second = server.post(POST, b'{ "tags":["a"],"title":"A roof"}', headers=KEY)
    assert again(second) == again(first)


def test_v20_another_caller_with_the_same_key_is_independent(brand, server, as_server, as_member):
    callers = [server, as_server(brand)]
    for n in range(2):
        callers.append(as_member(make_participant(brand).user))
        assert callers[-1].post(POST, ROOF, headers=KEY).status_code == 201
        assert Idea.objects.count() == n + 1
    assert {api.post(POST, ROOF, headers=KEY).status_code for api in callers} == {201}
    assert Idea.objects.count() == 4


def test_a_member_is_one_caller_by_session_and_by_token(brand, charlie, as_member, as_program):
    first = as_member(charlie).post(POST, ROOF, headers=KEY)
    assert again(as_program(charlie).post(POST, ROOF, headers=KEY)) == again(first)
    assert Idea.objects.count() == 1


def test_v20_after_24_hours_it_is_a_new_request(server):
    server.post(POST, ROOF, headers=KEY)
    almost, over = (timezone.now() - timedelta(hours=24, seconds=n) for n in (-60, 1))
    KeptAnswer.objects.update(at=almost)
    assert "Idempotency-Replayed" in server.post(POST, ROOF, headers=KEY)
    KeptAnswer.objects.update(at=over)
    answer = server.post(POST, {"title": "Another roof"}, headers=KEY)
    assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False)
    assert Idea.objects.count() == 2
    assert "Idempotency-Replayed" in server.post(POST, {"title": "Another roof"}, headers=KEY)


def test_what_nobody_may_repeat_any_more_is_swept(server):
    server.post(POST, ROOF, headers=KEY)
    sweep_kept_answers()
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=26))
    sweep_kept_answers()
    assert KeptAnswer.objects.count() == 0


def test_a_refusal_has_done_nothing_and_is_judged_again(brand, server, as_server):
    shut = make_challenge(brand, slug="shut")
    Challenge.objects.filter(pk=shut.pk).update(closed=True)
    sent = ROOF | {"challenge": "shut"}
    assert refusal(server.post(POST, sent, headers=KEY)) == (409, "phase_closed")
    assert KeptAnswer.objects.count() == 0
    Challenge.objects.filter(pk=shut.pk).update(closed=False)
    assert server.post(POST, sent, headers=KEY).status_code == 201


def test_what_breaks_leaves_neither_an_effect_nor_an_answer(server, break_at):
    with break_at("api.v1.views.shown_idea"):  # the idea is posted by then
        assert refusal(server.post(POST, ROOF, headers=KEY)) == (500, "internal")
    assert (Idea.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    assert server.post(POST, ROOF, headers=KEY).status_code == 201


def test_a_repeated_post_takes_nothing_from_the_limit(brand, charlie, as_member):
    member = as_member(charlie)
    for _n in range(limits.IDEAS_OF_PERSON.amount + 3):
        assert member.post(POST, ROOF, headers=KEY).status_code == 201
    assert member.post(POST, ROOF).status_code == 201


def test_whoever_may_not_do_it_any_more_gets_no_old_answer(brand, charlie, as_member, alice):
    member = as_member(charlie)
    assert member.post(POST, ROOF, headers=KEY).status_code == 201
    Brand.objects.filter(pk=brand.pk).update(visibility="members")
    assert refusal(member.post(POST, ROOF, headers=KEY)) == (404, "not_found")
    admission.admit(brand=brand, user=charlie, actor=alice)
    assert "Idempotency-Replayed" in member.post(POST, ROOF, headers=KEY)


@pytest.mark.parametrize("key", ["", "a" * 256, "a\tb", "clé"])
def test_a_key_that_is_none_is_refused_by_name(server, key):
    answer = server.post(POST, ROOF, headers={"Idempotency-Key": key})
    assert blamed(answer) == {"Idempotency-Key": ["invalid"]}
    assert Idea.objects.count() == 0


@pytest.mark.parametrize("key", ["a", "a" * 255, '"quoted, as the draft of the IETF has it"'])
def test_any_other_text_is_a_key(server, key):
    first, second = (server.post(POST, ROOF, headers={"Idempotency-Key": key}) for _n in range(2))
    assert again(first) == again(second)
    assert Idea.objects.count() == 1


def test_without_a_key_every_post_is_a_new_one_and_nothing_is_kept(server):
    assert [server.post(POST, ROOF).status_code for _n in range(2)] == [201, 201]
    assert (Idea.objects.count(), KeptAnswer.objects.count()) == (2, 0)


def test_a_comment_a_status_and_an_answer_are_done_once(idea, server):
    path = f"ideas/{idea.code}"
    planned = {"status": "planned", "message": "For May."}
    for n, (where, sent) in enumerate(
        [
            ("comments/", {"body": "In winter?", "author": {"external_id": "c-1"}}),
            ("response/", {"body": "We have begun."}),
            ("status/", planned),
        ]
    ):
        key = {"Idempotency-Key": f"key {n}"}
        first = server.post(f"{path}/{where}", sent, headers=key)
        # The product itself takes the same words within a minute for one: let that pass.
        Comment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
        Decision.objects.update(at=timezone.now() - timedelta(minutes=5))
        assert again(server.post(f"{path}/{where}", sent, headers=key)) == again(first)
    assert (Comment.objects.count(), Decision.objects.count()) == (2, 1)


# --- At once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_v20_of_many_at_once_one_is_done_and_the_others_are_told_to_come_back(brand):
    secret = keys.create_key(brand=brand, scopes=list(ALL), origins=[], rate=0, actor=None)[1]
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_idea IN SHARE MODE")  # whoever posts stops here
        first = Crowd([lambda: bearer(secret).post(POST, ROOF, headers=KEY)])
        first.wait_until_all_wait()
        others = Crowd([lambda: bearer(secret).post(POST, ROOF, headers=KEY)] * 7).finish()
        late = Crowd([lambda: bearer(secret).post(POST, ROOF | {"body": "x"}, headers=KEY)])
        others += late.finish()
    assert {refusal(answer) for answer in others} == {(409, "in_progress")}
    assert {answer["Retry-After"] for answer in others} == {"1"}
    (done,) = first.finish()
    assert done.status_code == 201
    assert again(bearer(secret).post(POST, ROOF, headers=KEY)) == again(done)
    assert Idea.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_v20_24_at_once_leave_one_idea_and_one_answer(brand):
    secret = keys.create_key(brand=brand, scopes=list(ALL), origins=[], rate=0, actor=None)[1]
    crowd = Crowd([lambda: bearer(secret).post(POST, ROOF, headers=KEY)] * 24)
    answers = crowd.finish()
    assert {answer.status_code for answer in answers} <= {201, 409}
    codes = {answer.json()["code"] for answer in answers}
    assert codes - {"in_progress"} == {Idea.objects.get().code}


# --- Pictures: made before their transaction begins -----------------------------------------------


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def send(api, *, colour=(220, 30, 30), **fields):
    file = SimpleUploadedFile("roof.png", drawn(40, 30, colour=colour), "image/png")
    return api.client.post(
        "/api/v1/images/", {"brand": "mio", "file": file} | fields, headers=api.headers | KEY
    )


def test_v20_a_picture_is_kept_once(media, server):
    first = send(server, alt="A roof")
    assert first.status_code == 201
    assert again(send(server, alt="A roof")) == again(first)
    assert len(files(media)) == Image.objects.count() == 1
    for other in (send(server, alt="A wall"), send(server, alt="A roof", colour=(0, 200, 0))):
        assert refusal(other) == (422, "key_reused")
    assert len(files(media)) == Image.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_v20_two_pictures_at_once_leave_one_row_and_its_file(media, brand):
    secret = keys.create_key(brand=brand, scopes=list(ALL), origins=[], rate=0, actor=None)[1]
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_image IN SHARE MODE")
        first = Crowd([lambda: send(bearer(secret))])
        first.wait_until_all_wait()
        (late,) = Crowd([lambda: send(bearer(secret))]).finish()
        assert refusal(late) == (409, "in_progress")
    (done,) = first.finish()
    assert done.status_code == 201
    assert again(send(bearer(secret))) == again(done)
    assert len(files(media)) == Image.objects.count() == 1


def test_a_picture_that_breaks_after_its_row_leaves_nothing(media, server, break_at):
    with break_at("api.idempotency.Slot.keep"):
        assert refusal(send(server)) == (500, "internal")
    assert (files(media), Image.objects.count(), KeptAnswer.objects.count()) == ([], 0, 0)


# --- What is kept ---------------------------------------------------------------------------------


def dump(table):
    database = connection.settings_dict
    command = [str(find_binaries() / "pg_dump"), "-h", database["HOST"], "-U", database["USER"]]
    done = subprocess.run(
        [*command, "--inserts", "-t", table, database["NAME"]],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_names_nobody_and_can_be_read_with_the_callers_key_alone(server):
    sent = {"title": "Zoes secret roof", "author": {"external_id": "crm-7", "name": "Zoe Canary"}}
    code = server.post(POST, sent, headers=KEY).json()["code"]
    text = dump("api_keptanswer")
    assert text.count("INSERT INTO") == 1
    for word in ("Zoe", "roof", code, "crm-7", KEY["Idempotency-Key"]):
        assert word not in text


def test_a_kept_answer_costs_three_queries_and_a_repeated_one_two(server):
    """Beside those of the request: the lock, the look, the row; and its savepoint."""

    def queries(headers):
        with queries_sent() as sent:
            assert server.post(POST, ROOF, headers=headers).status_code == 201
        return [query for query in sent if "SAVEPOINT" not in query]

    server.post(POST, ROOF)
    without, first, second = queries({}), queries(KEY), queries(KEY)
    assert len([query for query in second if "keptanswer" in query or "advisory" in query]) == 2
    assert len(first) - len(without) <= 5
    assert len(second) < len(without)
