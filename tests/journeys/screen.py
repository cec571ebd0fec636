"""What a page does on a small screen, found by asking the browser (screen.js)."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ASKED = Path(__file__).with_suffix(".js").read_text()


def too_wide(page: Page) -> Any:
    """Labels that are cut off or hang over, where nothing says that they may."""
    return _ask(page, "tooWide")


def covered(page: Page) -> Any:
    """Controls of which nothing is seen when they have the focus."""
    return _ask(page, "covered")


def stuck(page: Page) -> Any:
    """Which part of the window's height stays where it is while the page moves."""
    return _ask(page, "stuck")


def _ask(page: Page, name: str) -> Any:
    return page.evaluate(f"() => {{ {ASKED}\n return {name}(); }}")
