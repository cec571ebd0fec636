"""The examples of the schema: each that is sent works, each that comes back has its shape."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from api.v1 import examples
from ideas.domain import comments
from tests.api.conforming import schema, validate
from tests.factories import make_challenge, make_idea, make_participant, make_user
from tests.pictures import drawn

pytestmark = pytest.mark.django_db

OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in schema()["paths"].items()
    for method, operation in methods.items()
}
BY_MANAGER = {"set_status", "respond"}


def bodies() -> list[tuple[str, str, Any]]:
    """(operation, name of the example, body) of all that can be sent."""
    return [
        (name, title, example["value"])
        for name, (_method, _path, operation) in OPERATIONS.items()
        for kind in operation.get("requestBody", {}).get("content", {}).values()
        for title, example in kind.get("examples", {}).items()
    ]


def queries() -> list[tuple[str, str, Any]]:
    return [
        (name, parameter["name"], example["value"])
        for name, (_method, _path, operation) in OPERATIONS.items()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
        for example in parameter.get("examples", {}).values()
    ]


@pytest.fixture
def site(brand, bob):
    """What the examples speak of, by the codes that they name."""
    challenge = make_challenge(brand, slug="street", budget=10)
    zoe = make_user("Zoe")
    User.objects.filter(pk=zoe.pk).update(handle="zoe")
    zoe.refresh_from_db()
    author = make_participant(brand, zoe)
    idea = make_idea(challenge, author=author, code=examples.IDEA, tags=["light"])
    said = comments.post(idea=idea, author=author, body="In winter?")
    type(said).objects.filter(pk=said.pk).update(code=examples.COMMENT)
    make_idea(challenge, title="A parked light")
    return zoe


@pytest.fixture
def send(site, brand, bob, as_member, as_server, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path

    def send(name, body=None, query=""):
        method, path, _operation = OPERATIONS[name]
        path = path.removeprefix("/api/v1/").format(
            slug=examples.BRAND, code=examples.IDEA, challenge=examples.CHALLENGE["slug"]
        )
        if "/comments/{code}/" in OPERATIONS[name][1]:
            path = f"comments/{examples.COMMENT}/"
        api = as_member(bob if name in BY_MANAGER else site)
        if body and {"voter", "author"} & set(body):
            api = as_server(brand)
        if name == "post_image":
            sent = body | {"file": SimpleUploadedFile("roof.png", drawn(40, 30))}
            return api.client.post(f"/api/v1/{path}", sent, headers=api.headers)
        return api.send(method.upper(), path + query, body)

    return send


@pytest.mark.parametrize(("name", "title", "body"), bodies())
def test_each_body_that_is_shown_works(send, name, title, body):
    answer = send(name, body)
    assert answer.status_code in {200, 201}, answer.content


def test_each_value_of_a_parameter_that_is_shown_works(send):
    assert len(queries()) > 10
    for name, parameter, value in queries():
        assert send(name, query=f"?{parameter}={value}").status_code == 200, (name, parameter)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_each_answer_that_is_shown_has_its_shape(name):
    shown = 0
    for answer in OPERATIONS[name][2]["responses"].values():
        for kind in answer.get("content", {}).values():
            for example in kind["examples"].values():
                validate(answer, example["value"])
                shown += 1
    assert shown


def test_whatever_can_be_sent_is_shown():
    """But the host's token: it is signed, and good for five minutes."""
    shown = {name for name, _title, _body in bodies()}
    taking = {name for name, (_m, _p, found) in OPERATIONS.items() if "requestBody" in found}
    assert taking - shown == {"open_widget_session"}


def test_no_example_is_of_an_endpoint_that_is_gone():
    assert set(examples.REQUESTS) | set(examples.RESPONSES) == set(OPERATIONS) - {"delete_idea"}
    assert json.dumps(examples.RESPONSES)


def test_each_refusal_is_shown_in_the_words_of_the_answer(visitor, site):
    refusal = visitor.get("brands/nobody/").json()
    answer = OPERATIONS["brand"][2]["responses"]["404"]
    (example,) = answer["content"]["application/json"]["examples"].values()
    assert example["value"] | {"request_id": ""} == refusal | {"request_id": ""}
