"""Main pages at 400 % zoom: 320 pixels by 256, and words that fit, in both languages."""

import pytest

from tests.journeys.conftest import sign_in
from tests.journeys.screen import covered, stuck, too_wide

pytestmark = pytest.mark.browser

PUBLIC = ["/", "/b/mio/", "/b/mio/c/street/", "/b/mio/c/street/?view=list", "{horn}", "{long}"]
PUBLIC += ["/b/lang/", "/accounts/login/"]
OWN = ["/b/mio/submit/", "/b/mio/c/street/?view=list", "{horn}", "{long}", "/me/", "/desk/mio/"]
OWN += ["/desk/lang/", "{at_desk}", "/desk/mio/insights/", "/desk/mio/settings/"]
WALKED = {None: PUBLIC, "alice@example.org": OWN}


@pytest.fixture(params=["en-US", "fr-FR"])
def language(request):
    return request.param


@pytest.mark.parametrize("who", WALKED)
def test_at_400_percent_everything_is_there_and_nothing_covers_it(site, browse, who, language):
    page = browse(viewport={"width": 320, "height": 256}, locale=language)
    if who:
        sign_in(page, who)
    for path in WALKED[who]:
        page.goto(path.format(**site.facts))
        assert too_wide(page) == [], path
        assert stuck(page) < 0.4, path
        assert covered(page) == [], path


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("who", WALKED)
def test_no_word_of_either_language_is_wider_than_its_place(site, browse, who, width, language):
    page = browse(viewport={"width": width, "height": 740}, locale=language)
    if who:
        sign_in(page, who)
    for path in WALKED[who]:
        page.goto(path.format(**site.facts))
        assert too_wide(page) == [], path


def test_what_is_too_wide_or_covered_is_found(site, browse):
    page = browse(viewport={"width": 320, "height": 256})
    page.goto("/b/mio/")
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          button.textContent = "A".repeat(90);
          button.style.cssText = "inline-size: 5rem; white-space: nowrap";
          const cover = document.createElement("div");
          cover.style.cssText = "position: fixed; inset: 0; background: red; z-index: 99";
          document.querySelector("main").append(button, cover);
        }"""
    )
    assert [one for one in too_wide(page) if one.startswith("BUTTON")] != []
    assert stuck(page) > 0.9
    assert covered(page) != []
