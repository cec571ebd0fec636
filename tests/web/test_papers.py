"""The papers for those who write programs, as pages of the site."""

import re

import pytest

from tests.web.conftest import reader, text_of
from web import papers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_anew():
    papers.rendered.cache_clear()
    yield
    papers.rendered.cache_clear()


@pytest.mark.parametrize("name", papers.NAMES)
def test_a_paper_is_a_page_for_everybody(visitor, name, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = visitor.get(f"/docs/{name}/")
    assert page.status_code == 200
    assert page["Cache-Control"].startswith("public")
    body = page.content.decode()
    assert body.count("<h1") == 1
    assert 'lang="en"' in body
    assert "<table>" in body


def test_the_address_above_them_leads_to_the_first(visitor):
    assert visitor.get("/docs/")["Location"] == "/docs/api/"


def test_its_frame_is_in_the_readers_language(db):
    page = reader(accept_language="fr").get("/docs/api/").content.decode()
    assert '<html lang="fr"' in page
    assert 'class="prose paper" lang="en"' in page


def test_its_examples_have_the_address_of_the_site(visitor, settings):
    settings.PUBLIC_URL = "https://vote.example.org"
    papers.rendered.cache_clear()
    for name in ("api", "embed"):
        said = text_of(visitor.get(f"/docs/{name}/"))
        assert "SITE=https://vote.example.org" in said
        assert "127.0.0.1" not in said
        assert "ideas.example" not in said


@pytest.mark.parametrize("name", papers.NAMES)
def test_every_link_of_a_paper_leads_somewhere(visitor, name):
    text = papers.rendered(name)[1]
    for target in re.findall('<a href="([^"]+)"', text):
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in text
        else:
            assert visitor.get(target).status_code == 200


def test_no_other_file_is_a_page(visitor):
    for name in ("operations", "api.md", "../README", "API"):
        assert visitor.get(f"/docs/{name}/").status_code == 404
