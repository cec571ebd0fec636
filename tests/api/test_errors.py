"""Errors have one form, in the caller's language, whatever happened."""

import pytest
from django.utils.translation import override

from cocreate.lib.errors import SignInRequired
from tests.api.conftest import Api, refusal

pytestmark = pytest.mark.django_db


def french(message):
    with override("fr"):
        return str(message)


@pytest.mark.parametrize(
    "path", ["", "nothing/", "me", "ideas/", "brands/", "brands/MIO/", "../admin/", "schema"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_address_is_404_in_json(visitor, path, method):
    assert refusal(visitor.send(method, path)) == (404, "not_found")


@pytest.mark.parametrize("path", ["me", "brands/mio/ideas", "ideas/nothing/vote", "schema"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_leaves_out_the_slash_at_the_end_is_told(visitor, path, method):
    response = visitor.send(method, path)
    assert refusal(response) == (404, "not_found")
    said = response.json()["message"]
    assert said == f"There is nothing here: addresses end with /. Ask for /api/v1/{path}/"


@pytest.mark.parametrize("path", ["nothing", "nothing/", "brands/mio/nothing", "brands/MIO"])
def test_whoever_asks_for_what_no_slash_would_help_is_shown_the_paper(visitor, path, settings):
    said = visitor.send("GET", path).json()["message"]
    assert "end with /" not in said
    assert said.endswith(f" What there is: {settings.PUBLIC_URL}/docs/api/")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "me/"),
        ("DELETE", "brands/mio/"),
        ("PUT", "brands/mio/ideas/"),
        ("PUT", "ideas/abc/"),
        ("POST", "ideas/abc/vote/"),
        ("POST", "schema/"),
        ("OPTIONS", "me/"),
        ("TRACE", "me/"),
    ],
)
def test_a_method_that_is_not_there_is_405(brand, visitor, method, path):
    response = visitor.send(method, path)
    assert refusal(response) == (405, "method_not_allowed")
    assert "OPTIONS" not in response["Allow"]


def test_the_message_is_in_the_language_the_caller_asks_for(visitor):
    for language in ("fr", "fr-CA, en;q=0.5"):
        response = visitor.get("me/", **{"Accept-Language": language})
        assert response.json()["message"] == french(SignInRequired.message)
        assert response["Content-Language"] == "fr"


def test_a_member_who_names_no_language_is_answered_in_their_own(charlie, as_program):
    charlie.language = "fr"
    charlie.save()
    program = as_program(charlie)
    assert program.get("nothing/")["Content-Language"] == "fr"
    assert program.get("nothing/", **{"Accept-Language": "en"})["Content-Language"] == "en"


def test_the_request_id_is_the_one_that_came(db):
    response = Api(**{"X-Request-ID": "from-the-proxy-1"}).get("me/")
    assert response.json()["request_id"] == "from-the-proxy-1"


def test_an_error_of_ours_is_json_too(visitor, brand, settings):
    visitor.client.raise_request_exception = False
    settings.PUBLIC_URL = None
    del settings.PUBLIC_URL  # as after a mistake in the settings
    assert refusal(visitor.get("brands/mio/")) == (500, "internal")


def test_thousands_of_parameters_are_no_crash(brand, visitor):
    response = visitor.get("brands/mio/?" + "&".join(f"a{n}=1" for n in range(2000)))
    assert response.status_code == 400
    assert response.json()["code"] in {"invalid", "unknown_parameter"}
