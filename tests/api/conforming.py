"""Every answer that a test of the API gets is held against the schema: its status is named there,
and its body has the shape that is promised, no less and no more.
"""

import json
import re
from functools import cache
from typing import Any

import jsonschema

from api.v1.schema import described

BEFORE_ANY_ENDPOINT = {404, 405, 500}  # no such address, no such method, a test's own bug


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(described())
    for shape in found["components"]["schemas"].values():
        if shape.get("type") == "object" and "properties" in shape:
            shape["additionalProperties"] = False
            shape["required"] = sorted(shape["properties"])
    error = found["components"]["schemas"]["Error"]
    error["additionalProperties"] = True  # no_budget brings the budget along
    return found


@cache
def routes() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    return [
        (re.compile(re.sub(r"{\w+}", "[^/]+", path)), methods)
        for path, methods in schema()["paths"].items()
    ]


def operation(method: str, path: str) -> dict[str, Any] | None:
    """What the schema says of a request to this path, with /api/v1/ and without its query."""
    for pattern, methods in routes():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = methods.get(method.lower())
            return found
    return None


@cache
def validator(name: str) -> jsonschema.protocols.Validator:
    whole = {"$ref": f"#/components/schemas/{name}", "components": schema()["components"]}
    return jsonschema.Draft202012Validator(whole)


def must_conform(response: Any) -> Any:
    """The response itself, for whoever goes on with it."""
    request = response.request
    method, status = request["REQUEST_METHOD"].replace("HEAD", "GET"), response.status_code
    found = operation(method, request["PATH_INFO"])
    if found is None or request["PATH_INFO"] == "/api/v1/schema/":
        return response
    answers = found["responses"]
    if str(status) not in answers:
        assert status in BEFORE_ANY_ENDPOINT, f"{method} {request['PATH_INFO']}: {status} is not in"
        return response
    answer = answers[str(status)]
    if "content" not in answer:
        assert response.content == b""
    elif request["REQUEST_METHOD"] != "HEAD":
        validate(answer, response.json())
    if status >= 400:
        assert response.json()["code"] in answer["description"].split(", ")
    return response


def validate(answer: dict[str, Any], body: Any) -> None:
    """`answer`: one of an operation's responses."""
    name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    validator(name).validate(body)
