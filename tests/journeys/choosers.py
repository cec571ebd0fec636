"""Choosers of files that a page opens by a key."""

from playwright.sync_api import FileChooser, Page


class Choosers:
    """Made before the press: Chromium opens a chooser of its own where nobody is known to listen
    yet, and a key is there sooner than that is.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.opened: list[FileChooser] = []
        page.on("filechooser", lambda chooser: self.opened.append(chooser))
        page.title()  # an answer: by now it is known

    def latest(self) -> FileChooser:
        for _n in range(200):
            if self.opened:
                return self.opened[-1]
            self.page.wait_for_timeout(100)
        raise AssertionError("no chooser was opened")
