"""What is done on a page before its picture is taken."""

from playwright.sync_api import Page

from tests.factories import PASSWORD

SEND = "form => { form.noValidate = true; form.requestSubmit(form.querySelector('[type=submit]')) }"


def send(page: Page, form: str) -> None:
    """Past the browser's own checks, so that ours are seen."""
    with page.expect_navigation():
        page.locator(form).first.evaluate(SEND)


def open_filters(page: Page) -> None:
    page.click(".narrow-by summary")


def open_picture(page: Page) -> None:
    page.locator(".gallery a").nth(2).click()


def open_share(page: Page) -> None:
    page.click(".share summary")
    page.locator(".share-card").evaluate("card => card.decode()")


def send_empty(page: Page) -> None:
    send(page, "main form")


def sign_in_wrongly(page: Page) -> None:
    page.fill("[name=login]", "somebody-whom-nobody-has-ever-heard-of@example.org")
    page.fill("[name=password]", "not the one")
    send(page, "main form")


def sign_up(page: Page) -> None:
    """An address that is nobody's yet, once for each picture."""
    n = page.evaluate("Date.now()")
    page.fill("[name=email]", f"a-rather-long-address-of-somebody-{n}@example.org")
    page.fill("[name=password1]", PASSWORD)
    if page.locator("[name=display_name]").count():
        page.fill("[name=display_name]", "Wolfeschlegelsteinhausenbergerdorff-Smit")
    send(page, "main form")


def ask_for_reset(page: Page) -> None:
    page.fill("[name=email]", "p3@example.org")
    send(page, "main form")


def ask_to_enter(page: Page) -> None:
    page.fill("[name=email]", "p4@example.org")
    send(page, "main form")


def vote_without_network(page: Page) -> None:
    page.context.set_offline(True)
    page.locator("button.vote").first.click()
    page.wait_for_selector("[data-unsent]")
    page.context.set_offline(False)


def post_empty(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form [value=post], main form .button.loud[type=submit]").last.click()


def look_at_it_first(page: Page) -> None:
    page.fill("[name=title]", "A roof with a title that is long enough for two lines of a phone")
    page.fill("[name=body]", "It **drinks** the rain.\n\n- for the glass\n- for the trees")
    page.click("[value=preview]")
    page.wait_for_selector("#preview-title")


def unfold(page: Page) -> None:
    page.click("[data-unfolds]")
    page.fill("#id_title", "A roof that drinks the rain and gives it to the trees of the street")
    page.wait_for_selector(".similar")


def empty_and_save(page: Page) -> None:
    page.fill("[name=display_name]", "")
    send(page, "main form:has([name=display_name])")


def open_beside(page: Page) -> None:
    page.locator("[data-row]").nth(1).click()
    page.wait_for_selector("#pane [data-head]")


def vote_for_nobody(page: Page) -> None:
    page.click("#behalf summary")
    page.fill("#behalf_email", "somebody whom we met at the fair")
    send(page, "#behalf form")


def tick_three(page: Page) -> None:
    for box in page.locator("[name=idea]").all()[:3]:
        box.check()


def ask_for_keys(page: Page) -> None:
    page.keyboard.press("?")


def see_what_would_change(page: Page) -> None:
    page.fill("[name=half_life]", "60")
    page.fill("[name=licence]", "Other terms. " * 60)
    with page.expect_navigation():
        page.click("[name=review]:not(.visually-hidden)")


def make_key(page: Page) -> None:
    page.fill("[name=name]", "A program with a name that takes the whole width of a phone")
    send(page, "main form:has([name=scopes])")
