"""Every page, for everybody: no barrier that a machine can find, nothing cut off at 320 pixels."""

from pathlib import Path

import axe_playwright_python
import pytest

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = ["/", "/b/mio/", "/b/mio/c/street/", "/b/mio/c/marks/", "{horn}", "{both}", "/u/charlie/"]
PUBLIC += ["/accounts/login/", "/accounts/signup/?next={roof}", "/accounts/password/reset/"]
PUBLIC += ["/accounts/enter/", "/accounts/enter/?next={about}/vote/?value=1"]
PUBLIC += ["/b/nobody/", "/nowhere/", "/b/mio/c/marks/rules/"]
OWN = ["/me/", "/b/mio/submit/", "/b/mio/c/street/", "{desk}", "{both}", "/desk/mio/"]
OWN += ["/accounts/email/", "/accounts/password/change/", "/accounts/logout/"]
OWN += ["/me/sessions/", "/accounts/reauthenticate/"]
OWN += ["/desk/mio/team/", "/desk/mio/team/hand-over/", "/desk/mio/keys/", "/desk/mio/settings/"]
OWN += ["/desk/atelier/admission/", "/desk/atelier/settings/"]
OWN += ["{talk}", "{about}/comments/", "{about}/comments/?reply={said}", "{own_words}"]
OWN += ["{about}/report/", "{about}/report/?comment={said}", "{about}/follow/"]
OWN += ["/me/notifications/", "/me/deliveries/", "{unsubscribe}", "/unsubscribe/nobody/"]
OWN += ["/desk/atelier/", "/desk/mio/?q=roof&reported=1", "{at_desk}", "{stop}"]
OWN += ["/desk/atelier/reports/", "/desk/atelier/people/"]
OWN += ["/desk/mio/imports/", "{import_draft}", "{import_done}", "/desk/atelier/imports/"]
OWN += ["/desk/atelier/statuses/", "/desk/atelier/alerts/", "/desk/mio/embed/"]
OWN += ["/desk/mio/insights/"]
OWN += ["/me/drafts/", "/b/mio/c/street/votes/", "/desk/mio/challenges/street/"]


def barriers(page):
    """What axe finds, as rule and place."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


# The gallery has every width in both.
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
@pytest.mark.parametrize("who", [None, "alice@example.org"])
def test_no_page_has_a_barrier_that_axe_knows(site, browse, who, width, scheme):
    page = browse(viewport={"width": width, "height": 800}, color_scheme=scheme)
    if who:
        sign_in(page, who)
    for path in OWN if who else PUBLIC:
        page.goto(path.format(**site.facts))
        assert barriers(page) == [], f"{path} {scheme} {width}"


def test_axe_finds_a_barrier_where_there_is_one(site, browse):
    page = browse()
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [rule for rule, _where, _why in barriers(page)] == ["button-name"]


@pytest.mark.parametrize("language", ["en-US", "fr-FR"])
@pytest.mark.parametrize("who", [None, "alice@example.org"])
def test_nothing_is_cut_off_on_the_smallest_screen(site, browse, who, language):
    page = browse(viewport={"width": 320, "height": 640}, locale=language)
    if who:
        sign_in(page, who)
    for path in OWN if who else PUBLIC:
        page.goto(path.format(**site.facts))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
