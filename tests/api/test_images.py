"""POST images/, and the pictures of an idea."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import limits
from accounts.domain.brands import change_address
from accounts.enums import Scope
from accounts.limits import Limit
from accounts.models import Participant
from ideas.domain import images
from ideas.models import Idea, Image
from tests.api.conftest import blamed, refusal
from tests.factories import make_brand, make_idea, make_participant
from tests.pictures import drawn, files, uploaded

pytestmark = pytest.mark.django_db
QUERIES_OF_LIST = 3
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def send(api, source=None, *, name="roof.png", kind="image/png", headers=None, **fields):
    file = SimpleUploadedFile(name, drawn(40, 30) if source is None else source, kind)
    body = {"brand": "mio", "file": file} | fields
    sent = {key: value for key, value in body.items() if value is not None}
    return api.client.post("/api/v1/images/", sent, headers=api.headers | (headers or {}))


def test_a_member_sends_a_picture_and_posts_an_idea_with_it(as_member, brand, charlie, settings):
    api = as_member(charlie)
    answer = send(api, drawn(1000, 500), alt=" A  roof ")
    assert answer.status_code == 201
    image = Image.objects.get()
    folder = f"{settings.PUBLIC_URL}/b/mio/pictures/{image.code}"
    shown = {
        "code": image.code, "url": f"{folder}-1000.webp", "alt": "A roof", "width": 1000,
        "height": 500,
        "sizes": [{"width": n, "url": f"{folder}-{n}.webp"} for n in (320, 800, 1000)],
    }  # fmt: skip
    assert answer.json() == shown
    assert (image.uploader.user, image.idea) == (charlie, None)
    posted = api.post("brands/mio/ideas/", {"title": "A roof of glass", "images": [image.code]})
    assert posted.status_code == 201
    (on_idea,) = posted.json()["images"]
    folder = f"{settings.PUBLIC_URL}/i/{posted.json()['code']}/pictures/{image.code}"
    assert on_idea["url"] == f"{folder}-1000.webp"
    assert on_idea["sizes"][0] == {"width": 320, "url": f"{folder}-320.webp"}
    assert {**on_idea, "url": 0, "sizes": 0} == {**shown, "url": 0, "sizes": 0}
    (listed,) = api.get("brands/mio/ideas/").json()["results"]
    assert listed["images"] == [on_idea]


def test_a_program_sends_pictures_as_its_member(as_program, brand, charlie):
    assert send(as_program(charlie)).status_code == 201
    assert Image.objects.get().uploader.user == charlie


def test_a_key_sends_for_its_brand_or_for_whom_it_names(as_server, brand):
    api = as_server(brand)
    ours = send(api).json()["code"]
    theirs = send(api, **{"author.external_id": "crm-7", "author.name": "Zoe"}).json()["code"]
    assert Image.objects.get(code=ours).uploader is None
    assert Image.objects.get(code=theirs).uploader.display_name == "Zoe"
    body = {"title": "A roof of glass", "images": [ours]}
    assert api.post("brands/mio/ideas/", body).status_code == 201
    wrong = api.post("brands/mio/ideas/", {"title": "A roof of wood", "images": [theirs]})
    assert blamed(wrong) == {"images": ["unknown"]}
    body = {"title": "A roof", "images": [theirs], "author": {"external_id": "crm-7"}}
    assert api.post("brands/mio/ideas/", body).status_code == 201


def test_an_author_changes_the_pictures_of_an_idea_and_their_order(as_member, brand, charlie):
    api = as_member(charlie)
    first, second, third = (send(api).json()["code"] for _n in range(3))
    posted = api.post("brands/mio/ideas/", {"title": "A roof", "images": [first, second]}).json()
    changed = api.patch(f"ideas/{posted['code']}/", {"images": [third, first]})
    assert changed.status_code == 200
    assert [one["code"] for one in changed.json()["images"]] == [third, first]
    assert changed["ETag"] != f'"{posted["revision"]}'
    kept = api.patch(f"ideas/{posted['code']}/", {"title": "A better roof"})
    assert [one["code"] for one in kept.json()["images"]] == [third, first]
    assert api.patch(f"ideas/{posted['code']}/", {"images": []}).json()["images"] == []
    assert Image.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ("abc", "not_a_list"),
        ([5], "invalid"),
        (["x" * 13], "max_length"),
        (["nothing00000"], "unknown"),
        ([f"code{n:08}" for n in range(7)], "too_many"),
    ],
)
def test_what_is_no_list_of_ones_own_pictures_is_refused(as_member, brand, charlie, sent, problem):
    answer = as_member(charlie).post("brands/mio/ideas/", {"title": "A roof", "images": sent})
    assert list(blamed(answer).values()) == [[problem]]
    assert not Idea.objects.exists()


def test_f08_the_picture_of_somebody_else_is_as_unknown_as_none(as_member, brand, charlie):
    theirs = uploaded(brand, make_participant(brand))
    answers = [
        as_member(charlie).post("brands/mio/ideas/", {"title": "A roof", "images": [code]})
        for code in (theirs.code, "nothing00000")
    ]
    first, second = (answer.json() | {"request_id": ""} for answer in answers)
    assert first == second
    assert [answer.status_code for answer in answers] == [400, 400]


# --- Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/svg+xml", "text/html"])
@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.jpg.html"])
def test_f01_a_drawing_that_can_hold_a_script_is_415_whatever_it_says_it_is(
    as_member, brand, charlie, media, kind, name
):
    answer = send(as_member(charlie), SVG, name=name, kind=kind)
    assert refusal(answer) == (415, "picture_unreadable")
    assert (files(media), Image.objects.count()) == ([], 0)
    assert not Participant.objects.filter(user=charlie).exists()


def test_f05_a_picture_above_ten_megabytes_is_413(as_member, brand, charlie, media):
    answer = send(as_member(charlie), b"\xff" * (10 * 2**20 + 1))
    assert refusal(answer) == (413, "picture_too_large")
    assert files(media) == []


def test_a_visitor_a_widget_and_a_key_that_only_reads_send_none(
    visitor, as_widget, as_server, brand, media
):
    assert refusal(send(visitor)) == (401, "sign_in_required")
    assert refusal(send(as_widget(brand))) == (403, "not_allowed")
    assert refusal(send(as_server(brand, Scope.READ))) == (403, "not_allowed")
    assert files(media) == []


def test_a_session_without_its_token_sends_none(as_member, brand, charlie):
    answer = send(as_member(charlie), headers={"X-CSRFToken": ""})
    assert refusal(answer) == (403, "csrf_failed")


def test_a_brand_that_the_caller_may_not_know_of_is_not_found(
    as_member, as_server, brand, alice, charlie
):
    make_brand("club", owner=alice, visibility="members")
    assert refusal(send(as_member(charlie), brand="club")) == (404, "not_found")
    assert refusal(send(as_member(charlie), brand="nothing")) == (404, "not_found")
    make_brand("rival")
    assert refusal(send(as_server(brand), brand="rival")) == (404, "not_found")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"brand": None}, {"brand": ["required"]}),
        ({"file": None}, {"file": ["required"]}),
        ({"file": "text"}, {"file": ["required"]}),
        ({"alt": "x" * 301}, {"alt": ["too_long"]}),
        ({"code": "mine00000000"}, {"code": ["unknown_field"]}),
        ({"alt": ["a", "b"]}, {"alt": ["duplicate"]}),
        ({"author.email": "zoe@example.org"}, {"author": ["not_yours"]}),
        ({"author.email": "no address"}, {"author.email": ["invalid"]}),
        ({"author.role": "owner"}, {"author.role": ["unknown_field"]}),
    ],
)
def test_f07_what_is_sent_beside_the_picture_is_checked(
    as_member, brand, charlie, media, fields, problems
):
    assert blamed(send(as_member(charlie), **fields)) == problems
    assert files(media) == []


def test_json_is_no_picture(as_member, brand, charlie):
    answer = as_member(charlie).post("images/", {"brand": "mio"})
    assert refusal(answer) == (415, "unsupported_media_type")
    assert "multipart/form-data" in answer.json()["message"]


def test_who_has_too_many_pictures_waiting_is_told(as_member, brand, charlie, monkeypatch):
    monkeypatch.setitem(images.MOST_WAITING, "person", 1)
    api = as_member(charlie)
    assert send(api).status_code == 201
    assert refusal(send(api)) == (409, "too_many_pictures")


def test_pictures_come_in_measure_for_each_person(
    as_member, as_server, brand, charlie, monkeypatch
):
    monkeypatch.setattr(limits, "IMAGES_OF_PERSON", Limit("image-test-api", 1, 3600))
    api = as_member(charlie)
    assert send(api, b"no picture").status_code == 415
    answer = send(api)
    assert refusal(answer) == (429, "too_many")
    assert int(answer["Retry-After"]) > 0
    key = as_server(brand)
    zoe = {"author.external_id": "crm-7"}
    assert [send(key, **zoe).status_code for _n in range(2)] == [201, 429]
    assert [send(key).status_code for _n in range(2)] == [201, 201]  # the brand has its key's rate


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_asks_no_more_for_pictures(visitor, challenge, number, django_assert_num_queries):
    for _n in range(number):
        idea = make_idea(challenge, author=make_participant(challenge.brand))
        image = uploaded(idea.brand, idea.author)
        images.attach(idea=idea, codes=[image.code], uploader=idea.author)
    with django_assert_num_queries(QUERIES_OF_LIST):
        assert len(visitor.get("brands/mio/ideas/").json()["results"][0]["images"]) == 1


def test_a_picture_for_a_brand_that_moved_is_told_the_new_address(brand, alice, as_server):
    """A redirect would lead to where it was sent."""
    server = as_server(brand)
    change_address(brand=brand, slug="mio-cars", actor=alice)
    answer = send(server)
    assert blamed(answer) == {"brand": ["moved"]}
    assert "mio-cars" in answer.json()["fields"]["brand"][0]["message"]
    assert send(server, brand="mio-cars").status_code == 201
