"""The form for a new idea, unfolded in the page of a question or a brand, its list below it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.screen import covered, too_wide
from tests.journeys.test_budgets import WATCH
from tests.journeys.test_pages import barriers
from tests.journeys.test_pictures import arrived, bring, file
from tests.journeys.test_writing import is_saved

pytestmark = pytest.mark.browser
DORA = "dora@example.org"  # an account keeps twenty drafts, and others write as well
SUBMIT = "**/b/mio/submit/**"
LOOKS = """() => [...document.querySelectorAll("main :not(svg *), header :not(svg *)")]
  .filter((one) => !one.closest("#compose") && !one.querySelector("#compose"))
  .map((one) => {
    const { width, height } = one.getBoundingClientRect();
    const { font, padding, border } = getComputedStyle(one);
    const size = `${Math.round(width)} ${Math.round(height)}`;
    return `${one.tagName}.${one.className} ${size} ${font} ${padding} ${border}`;
  })"""


def opener(page):
    return page.locator("a[data-unfolds]")


def composer(page):
    return page.get_by_role("region", name="Share your idea")


def title(page):
    return page.locator("#id_title")


def opened(page):
    opener(page).click()
    expect(title(page)).to_be_focused()
    expect(opener(page)).to_have_attribute("aria-expanded", "true")
    return page


def folded(page):
    expect(composer(page)).to_be_hidden()
    expect(opener(page)).to_have_attribute("aria-expanded", "false")
    return page


@pytest.fixture
def at(browse, question):
    """Dora, on a question with three ideas."""

    def arrive(email=DORA, path="", **options):
        page = sign_in(browse(**options), email)
        page.goto(f"{question}?view=list{path}")
        return page

    return arrive


def test_it_unfolds_by_click_enter_and_key_and_not_by_focus(at):
    page = at()
    address, asked = page.url, []
    page.on("request", lambda sent: asked.append(sent.url))
    opener(page).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    folded(page)
    assert [url for url in asked if "favicon" not in url] == []
    page.keyboard.press("Enter")
    expect(title(page)).to_be_focused()
    expect(page.locator("[data-ideas] > li")).to_have_count(3)
    page.get_by_role("button", name="Close").click()
    folded(page)
    expect(opener(page)).to_be_focused()
    page.locator("[data-ideas] a.title").last.focus()
    page.keyboard.press("c")
    expect(title(page)).to_be_focused()
    page.keyboard.press("Escape")
    folded(page)
    opened(page)
    assert sum("/submit/" in url for url in asked) == 1
    assert page.url == address
    page.reload()
    folded(page)


def test_before_it_is_opened_it_adds_no_stop_for_tab(at):
    page = at()
    stops = []
    opener(page).focus()
    for _n in range(40):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.closest('#compose, [data-ideas]')?.id"))
        if stops[-1] is not None:
            break
    assert stops[-1] == ""  # the list
    opened(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "body"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()


def test_the_list_below_goes_on_as_ever_while_it_is_open(at):
    page = opened(at())
    page.keyboard.type("A lantern for the cat")
    row = page.locator("[data-ideas] > li", has_text="A bench").first
    row.locator("button.vote").click()
    expect(row.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    page.locator("#order-new").click()
    expect(page.locator(".tabs [aria-current]")).to_have_text("New")
    expect(title(page)).to_have_value("A lantern for the cat")
    page.fill("#find-q", "lantern")
    page.keyboard.press("Enter")
    expect(page.locator("[data-chip=q]")).to_have_count(1)
    expect(page.locator("[data-chip=q]")).to_be_in_viewport()
    expect(title(page)).to_have_value("A lantern for the cat")
    page.go_back()
    expect(page.locator("[data-chip=q]")).to_have_count(0)
    expect(title(page)).to_have_value("A lantern for the cat")
    page.locator("[data-ideas] a.title").first.focus()
    page.keyboard.press("c")
    expect(title(page)).to_be_focused()


def test_a_vote_for_one_that_is_alike_shows_in_the_list_as_well(at):
    author = opened(at())
    author.keyboard.type("Gutters of zinc for the swallows")
    author.get_by_role("button", name="Post my idea").click()
    author.wait_for_url("**/i/**")
    page = opened(at("rita@example.org"))
    page.keyboard.type("Gutters of zinc")
    button = page.locator(".like", has_text="Gutters of zinc").locator("button.vote")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    row = page.locator("[data-ideas] > li", has_text="Gutters of zinc")
    expect(row.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    expect(row.locator("button.vote .n")).to_have_text("1")


def test_what_is_typed_is_kept_when_it_folds_and_when_the_page_is_left(at):
    page = opened(at())
    page.keyboard.type("Doors that know the wind")
    with page.expect_response(is_saved):
        page.fill("[name=body]", "The rail slides out.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.keyboard.press("Escape")
    expect(composer(page)).to_be_visible()  # it is not empty
    page.get_by_role("button", name="Close").click()
    opened(folded(page))
    expect(title(page)).to_have_value("Doors that know the wind")
    page.reload()
    opened(folded(page))
    page.locator(".others summary").click()
    page.get_by_role("link", name="Doors that know the wind").click()
    page.wait_for_url("**/submit/?draft=*")
    expect(page.locator("[name=body]")).to_have_value("The rail slides out.")


def test_what_did_not_reach_the_server_is_offered_wherever_the_form_opens(at):
    page = opened(at())
    page.route("**/drafts/save/", lambda route: route.abort("internetdisconnected"))
    page.keyboard.type("Words in a tunnel")
    expect(page.locator("[data-saved]")).to_contain_text("kept in this browser")
    page.goto(opener(page).get_attribute("href"))
    page.get_by_role("button", name="Bring them back").click()
    expect(title(page)).to_have_value("Words in a tunnel")


def test_words_that_come_back_on_another_question_are_for_that_one(at):
    page = opened(at())
    page.route("**/drafts/save/", lambda route: route.abort("internetdisconnected"))
    page.keyboard.type("Words in a tunnel")
    expect(page.locator("[data-saved]")).to_contain_text("kept in this browser")
    page.goto("/b/mio/c/street/")
    opened(page)
    page.get_by_role("button", name="Bring them back").click()
    expect(title(page)).to_have_value("Words in a tunnel")
    expect(page.locator("#compose [name=challenge]")).to_have_value("street")


@pytest.mark.parametrize(("words", "key"), [("A stair of glass", ""), ("Rope ladders", "Enter")])
def test_an_idea_is_posted_with_its_pictures_and_leads_to_its_page(at, words, key):
    page = opened(at())
    page.keyboard.type(words)
    page.fill("[name=body]", "It *shines*.")
    bring(page, "drop")
    arrived(page, 1)
    expect(page.locator("#new-images")).to_be_attached()
    page.set_input_files("#new-images", [file("two.png")])
    arrived(page, 2)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_be_focused()
    expect(page.locator("#preview .prose em")).to_have_text("shines")
    page.get_by_role("link", name="Go on writing").click()
    if key:
        title(page).press(key)
    else:
        page.get_by_role("button", name="Post my idea").click()
    page.wait_for_url("**/i/**")
    expect(page.locator("h1")).to_have_text(words)
    expect(page.locator(".notices")).to_contain_text("Your idea is public now")


def test_a_mistake_leads_to_the_page_of_the_form_with_all_that_was_typed(at):
    page = opened(at())
    page.fill("[name=body]", "Without a title.")
    page.get_by_role("button", name="Post my idea").click()
    page.wait_for_url(SUBMIT)
    expect(page.locator("#mistakes")).to_be_focused()
    expect(page.locator("[name=body]")).to_have_value("Without a title.")


def test_a_picture_pasted_elsewhere_is_not_for_a_form_that_is_folded(at):
    page = opened(at())
    page.keyboard.press("Escape")
    folded(page)
    bring(page, "paste")
    expect(page.locator("[data-picture]")).to_have_count(0)


def test_the_page_of_the_form_comes_to_a_new_window_and_where_no_answer_comes(at):
    page = at()
    with page.context.expect_page() as other:
        opener(page).click(modifiers=["Control"])
    other.value.wait_for_url(SUBMIT)
    folded(page)
    page.route(SUBMIT, lambda route: route.abort("internetdisconnected"), times=1)
    opener(page).click()
    page.wait_for_url(SUBMIT)
    expect(title(page)).to_be_visible()


def test_whoever_is_signed_out_meanwhile_is_asked_in_and_comes_to_the_form(at):
    page = at()
    page.context.clear_cookies()
    opener(page).click()
    page.wait_for_url("**/accounts/login/?next=*submit*")


@pytest.mark.parametrize("who", ["a visitor", "a member without scripts"])
def test_for_others_the_link_is_a_link(browse, question, who):
    page = browse(java_script_enabled=who == "a visitor")
    if who != "a visitor":
        sign_in(page, DORA)
    page.goto(question)
    expect(opener(page)).not_to_have_attribute("aria-expanded", "false")
    opener(page).click()
    page.wait_for_url("**/login/**" if who == "a visitor" else SUBMIT)


def test_a_brands_page_asks_for_which_question_and_has_chosen_none(browse, site):
    page = sign_in(browse(), DORA)
    page.goto("/b/mio/")
    opened(page)
    choices = composer(page).get_by_role("radio")
    assert choices.count() > 1
    expect(composer(page).locator("[name=challenge]:checked")).to_have_count(0)
    page.keyboard.type("A roof that drinks the rain")
    expect(page.locator(".similar h2")).to_have_css("font-size", "15px")
    page.goto("/b/garden/c/club/")
    opened(page)
    expect(composer(page).get_by_role("radio")).to_have_count(0)
    expect(composer(page).locator("[name=challenge]")).to_have_value("club")


def test_the_terms_of_its_question_are_there(browse):
    page = sign_in(browse(), DORA)
    page.goto("/b/mio/c/marks/")
    opened(page)
    expect(page.locator("[data-terms] [data-question=marks]")).to_be_visible()
    page.goto("/b/mio/c/street/")
    opened(page)
    expect(page.locator("[data-terms]")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_open_it_has_no_barrier_and_fits(at, width, scheme):
    page = opened(at(viewport={"width": width, "height": 800}, color_scheme=scheme))
    assert barriers(page) == []
    page.keyboard.type("A lantern at every corner")
    expect(page.locator(".similar.near")).to_be_visible()
    for summary in composer(page).locator("summary:visible").all():
        summary.click()
    assert barriers(page) == []
    assert too_wide(page) == []
    assert covered(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ids = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_but_for_the_form_itself_and_the_list_stays_in_sight(at, width):
    page = at(viewport={"width": width, "height": 800})
    opened(page)
    page.evaluate(WATCH)
    if width == 1280:
        expect(page.locator(".list-bar")).to_be_in_viewport()
    page.keyboard.type("A lantern at every corner")
    expect(page.locator(".similar")).to_be_visible()
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert sum(value for value, _parts in page.evaluate("window.shifts")) < 0.02
    opened(page)


def test_what_the_page_had_looks_as_it_did_when_the_form_is_there(browse):
    page = sign_in(browse(), DORA)
    page.goto("/b/lang/c/lang/")  # its text is folded
    before = page.evaluate(LOOKS)
    opened(page)
    assert page.evaluate(LOOKS) == before
