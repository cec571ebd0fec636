"""GET schema/: OpenAPI 3.1 that is valid, complete, and true of the answers."""

from io import StringIO

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import get_resolver

from api.v1.urls import urlpatterns
from tests.factories import make_idea
from tests.pictures import drawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(visitor):
    response = visitor.get("schema/")
    assert response.status_code == 200
    return response.json()


def test_it_is_valid_and_the_generator_has_nothing_to_complain_of():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_it_says_3_1_and_names_every_endpoint(schema):
    assert schema["openapi"] == "3.1.0"
    described = {(path, method) for path, methods in schema["paths"].items() for method in methods}
    assert described == {
        ("/api/v1/me/", "get"),
        ("/api/v1/images/", "post"),
        ("/api/v1/widget/sessions/", "post"),
        ("/api/v1/brands/{slug}/", "get"),
        ("/api/v1/brands/{slug}/board/", "get"),
        ("/api/v1/brands/{slug}/challenges/", "get"),
        ("/api/v1/brands/{slug}/challenges/{challenge}/statement/", "get"),
        ("/api/v1/brands/{slug}/ideas/", "get"),
        ("/api/v1/brands/{slug}/ideas/", "post"),
        ("/api/v1/brands/{slug}/roadmap/", "get"),
        ("/api/v1/brands/{slug}/similar/", "get"),
        ("/api/v1/ideas/{code}/similar/", "get"),
        ("/api/v1/ideas/{code}/", "get"),
        ("/api/v1/ideas/{code}/", "patch"),
        ("/api/v1/ideas/{code}/vote/", "put"),
        ("/api/v1/ideas/{code}/vote/", "delete"),
        ("/api/v1/ideas/{code}/comments/", "get"),
        ("/api/v1/ideas/{code}/comments/", "post"),
        ("/api/v1/ideas/{code}/status/", "get"),
        ("/api/v1/ideas/{code}/status/", "post"),
        ("/api/v1/ideas/{code}/response/", "post"),
        ("/api/v1/ideas/{code}/", "delete"),
        ("/api/v1/ideas/{code}/revisions/", "get"),
        ("/api/v1/ideas/{code}/why/", "get"),
        ("/api/v1/ideas/{code}/follow/", "put"),
        ("/api/v1/ideas/{code}/follow/", "delete"),
        ("/api/v1/comments/{code}/", "get"),
        ("/api/v1/comments/{code}/", "patch"),
        ("/api/v1/comments/{code}/", "delete"),
    }


def test_every_route_is_described_but_the_schema_and_nowhere(schema):
    assert len(urlpatterns) == len(schema["paths"]) + 2
    assert get_resolver().resolve("/api/v1/me/").func.view_class.__name__ == "Me"


def test_every_error_has_the_one_form(schema):
    for methods in schema["paths"].values():
        for operation in methods.values():
            errors = {
                status: answer for status, answer in operation["responses"].items() if status >= "4"
            }
            assert {"401", "429", "503"} <= set(errors)
            for answer in errors.values():
                shape = answer["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Error"}


def check(schema, operation, status, response):
    """The answer is what the schema promises, and no more."""
    assert response.status_code == status
    shape = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    jsonschema.validate(response.json(), shape | {"components": schema["components"]})
    name = shape["$ref"].rpartition("/")[2]
    if name != "Error":
        assert set(response.json()) == set(schema["components"]["schemas"][name]["properties"])


def test_the_answers_are_as_described(schema, idea, as_member, charlie, visitor):
    make_idea(idea.challenge)
    member, paths = as_member(charlie), schema["paths"]
    vote = paths["/api/v1/ideas/{code}/vote/"]
    check(schema, paths["/api/v1/me/"]["get"], 200, member.get("me/"))
    check(schema, paths["/api/v1/me/"]["get"], 401, visitor.get("me/"))
    check(schema, paths["/api/v1/brands/{slug}/"]["get"], 200, visitor.get("brands/mio/"))
    check(
        schema,
        paths["/api/v1/brands/{slug}/challenges/"]["get"],
        200,
        visitor.get("brands/mio/challenges/"),
    )
    check(
        schema, paths["/api/v1/brands/{slug}/ideas/"]["get"], 200, visitor.get("brands/mio/ideas/")
    )
    check(
        schema, paths["/api/v1/brands/{slug}/board/"]["get"], 200, visitor.get("brands/mio/board/")
    )
    posted = member.post("brands/mio/ideas/", {"title": "Hello"})
    check(schema, paths["/api/v1/brands/{slug}/ideas/"]["post"], 201, posted)
    check(schema, vote["put"], 201, member.put(f"ideas/{idea.code}/vote/", {"value": 1}))
    check(schema, vote["put"], 400, member.put(f"ideas/{idea.code}/vote/", {"value": 2}))
    check(schema, vote["delete"], 200, member.delete(f"ideas/{idea.code}/vote/"))
    check(schema, paths["/api/v1/ideas/{code}/"]["get"], 200, visitor.get(f"ideas/{idea.code}/"))
    check(
        schema,
        paths["/api/v1/ideas/{code}/"]["patch"],
        200,
        member.patch(f"ideas/{posted.json()['code']}/", {}),
    )


def test_the_answers_about_pictures_are_as_described(schema, as_member, charlie, brand):
    member, paths = as_member(charlie), schema["paths"]
    described = paths["/api/v1/images/"]["post"]
    file = SimpleUploadedFile("roof.png", drawn(40, 30), "image/png")
    sent = member.client.post(
        "/api/v1/images/", {"brand": "mio", "file": file}, headers=member.headers
    )
    check(schema, described, 201, sent)
    check(schema, described, 415, member.post("images/", {}))
    body = {"title": "A roof of glass", "images": [sent.json()["code"]]}
    posted = member.post("brands/mio/ideas/", body)
    check(schema, paths["/api/v1/brands/{slug}/ideas/"]["post"], 201, posted)
    assert len(posted.json()["images"]) == 1


def test_the_answers_about_talk_are_as_described(schema, idea, as_member, charlie, bob, visitor):
    member, manager, paths = as_member(charlie), as_member(bob), schema["paths"]
    of_idea = "/api/v1/ideas/{code}"
    talk, status = paths[f"{of_idea}/comments/"], paths[f"{of_idea}/status/"]
    respond, follow = paths[f"{of_idea}/response/"], paths[f"{of_idea}/follow/"]
    one, at = paths["/api/v1/comments/{code}/"], f"ideas/{idea.code}"
    posted = member.post(f"{at}/comments/", {"body": "Yes."})
    reply = member.post(f"{at}/comments/", {"body": "No.", "parent": posted.json()["code"]})
    own = f"comments/{posted.json()['code']}/"
    check(schema, talk["post"], 201, posted)
    check(schema, talk["post"], 201, reply)
    check(schema, talk["post"], 400, member.post(f"{at}/comments/", {}))
    check(schema, talk["get"], 200, visitor.get(f"{at}/comments/"))
    check(schema, one["get"], 200, visitor.get(own))
    check(schema, one["patch"], 200, member.patch(own, {"body": "Maybe."}))
    check(schema, one["patch"], 403, manager.patch(own, {"body": "Maybe."}))
    check(schema, one["delete"], 200, member.delete(own))
    check(schema, talk["get"], 200, visitor.get(f"{at}/comments/"))
    answered = manager.post(f"{at}/response/", {"body": "Soon."})
    check(schema, respond["post"], 201, answered)
    declined = {"status": "declined", "reason": "other", "message": "Because of this. " * 5}
    check(schema, status["post"], 200, manager.post(f"{at}/status/", declined))
    check(schema, status["get"], 200, visitor.get(f"{at}/status/"))
    check(schema, follow["put"], 200, member.put(f"{at}/follow/"))
    check(schema, follow["delete"], 200, member.delete(f"{at}/follow/"))


def test_a_status_is_any_text_for_every_brand_has_its_own(schema):
    assert schema["components"]["schemas"]["StatusShape"]["properties"]["key"]["type"] == "string"
    parameters = schema["paths"]["/api/v1/brands/{slug}/ideas/"]["get"]["parameters"]
    (status,) = [one for one in parameters if one["name"] == "status"]
    assert status["schema"] == {"type": "string"}


def bodies(schema):
    """The shape of every JSON that can be sent, by operation."""
    return {
        operation["operationId"]: schema["components"]["schemas"][name_of(kind["schema"])]
        for methods in schema["paths"].values()
        for operation in methods.values()
        for media, kind in operation.get("requestBody", {}).get("content", {}).items()
        if media == "application/json"
    }


def name_of(shape):
    return shape["$ref"].rpartition("/")[2]


def test_no_body_has_room_for_what_would_be_refused(schema):
    assert len(bodies(schema)) == 9
    for name, shape in bodies(schema).items():
        assert shape["additionalProperties"] is False, name


def test_what_must_be_there_is_named_and_how_long_it_may_be(schema):
    sent = bodies(schema)
    assert sent["edit_comment"]["required"] == ["body"]
    assert "required" not in sent["edit_idea"]
    title, body = sent["post_idea"]["properties"]["title"], sent["post_comment"]["properties"]
    assert (title["type"], title["minLength"], "oneOf" in title) == ("string", 3, False)
    assert "At most 300 characters" in title["description"]
    assert (body["body"]["minLength"], body["body"]["description"]) == (
        1, "Markdown, at most 20000 characters.",
    )  # fmt: skip
    person = schema["components"]["schemas"]["Person"]
    assert [one["required"] for one in person["anyOf"]] == [["external_id"], ["email"]]


def test_every_link_leads_from_a_value_of_the_answer_to_an_endpoint(schema):
    found = {
        operation["operationId"]: operation
        for methods in schema["paths"].values()
        for operation in methods.values()
    }
    led = 0
    for operation in found.values():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                known = {one["name"] for one in found[link["operationId"]]["parameters"]}
                assert set(link["parameters"]) <= known
                for value in link["parameters"].values():
                    value_at(example_of(answer), value.removeprefix("$response.body#/"))
                led += 1
    assert led > 30


def example_of(answer):
    (kind,) = answer["content"].values()
    return next(iter(kind["examples"].values()))["value"]


def value_at(body, pointer):
    for part in pointer.split("/"):
        body = body[int(part)] if part.isdigit() else body[part]
    assert isinstance(body, str)
