"""What is looked at by hand (tests/gallery) is all that there is to see, or says why it is not."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.gallery.pages import ADDRESSES_NOT_SHOWN, GALLERY, PRINTED, TEMPLATES_NOT_SHOWN, Shot

SHOTS: list[Shot] = [shot for _who, shots in GALLERY.values() for shot in shots]
NOT_PAGES = {"api/v1/", "embed/v1/", "admin/"}  # the frames are there, but have no names
# In place of what only the content of the gallery knows.
WHOLE = {
    "roof": "/i/abcdef/a/", "long": "/i/abcdef/a/", "mark": "/i/abcdef/a/",
    "about": "/i/abcdef", "changed": "/i/abcdef", "own": "/i/abcdef", "deleted": "/i/abcdef",
    "at_desk": "/desk/mio/ideas/abcdef/", "votable_at_desk": "/desk/mio/ideas/abcdef/",
    "sign": "/i/abcdef/authors/a/",
    "own-words": "/i/abcdef/comments/abcdef/edit/", "draft": "/desk/mio/challenges/a/",
    "import-draft": "/desk/mio/imports/a/", "import-done": "/desk/mio/imports/a/",
    "stop": "/desk/mio/people/a/stop/", "invitation": "/invitations/a/",
    "unsubscribe": "/unsubscribe/a/",
}  # fmt: skip
PARTS = {"code": "abcdef", "quiet-code": "abcdef", "widget": "a", "wish": "a"}
FRAMES = {"desk/frame.html", "account/frame.html", "account/own.html", "embed/base.html"}
FRAMES |= {"base.html", "bare.html", "emails/base.html"}


def named(resolver: URLResolver, before: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Of each page that has a name an address of its form, with nothing of anybody's in it."""
    for entry in resolver.url_patterns:
        words = (*before, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern) and entry.name:
            yield entry.name, reverse(entry.name, kwargs={word: made_up(word) for word in words})
        elif isinstance(entry, URLResolver) and str(entry.pattern) not in NOT_PAGES:
            yield from named(entry, words)


def made_up(word: str) -> object:
    return 1 if word in {"number", "width", "design"} else "abcdef"


@pytest.fixture
def plain_static_files(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def test_every_page_is_in_the_gallery_or_it_is_said_why_not(db, plain_static_files):
    client = Client()
    answering = {  # a POST alone is refused before anything is looked for
        name for name, path in named(get_resolver()) if client.get(path).status_code != 405
    }
    paths = [shot.path.format(**WHOLE, **PARTS).partition("?")[0] for shot in SHOTS]
    shown = {resolve(path).url_name for path in paths if not path.startswith(("/nowhere", PRINTED))}
    assert answering - shown == set(ADDRESSES_NOT_SHOWN)


def test_every_template_of_a_page_is_in_the_gallery_or_it_is_said_why_not():
    folder = settings.BASE_DIR / "templates"
    found = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.html")}
    pages = {name for name, text in found.items() if "{% extends" in text} - FRAMES
    pages -= {name for name in pages if name.startswith("emails/")}
    shown = {shot.template for shot in SHOTS}
    assert pages - shown == set(TEMPLATES_NOT_SHOWN)
    assert shown <= set(found)


def test_no_two_pictures_have_one_name():
    names = [shot.name for shot in SHOTS]
    assert sorted(set(names)) == sorted(names)
