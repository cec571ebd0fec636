"""On a telephone no picture is sent much larger than it is shown, and none that is not sharp."""

import pytest

pytestmark = pytest.mark.browser

COVERS = """
import django
django.setup()
from accounts.models import Brand
from ideas.domain import images
from ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_participant
from tests.pictures import drawn, uploaded
brand = Brand.objects.get(slug="mio")
titles = ["Where shall the trams stop?", "What may a tram cost? " + "And for whom, and when? " * 2]
for n, title in enumerate(titles):
    made = make_challenge(brand, slug=f"pictured-{n}", title=title)
    images.set_cover(challenge=made, source=drawn(1600, 640), alt="A tram", actor=None)
    idea = make_idea(made, title="A stop with a roof", author=make_participant(brand))
    picture = uploaded(brand, idea.author, size=(1600, 900))
    images.attach(idea=idea, codes=[picture.code], uploader=idea.author)
"""
# Of each picture: the width of its file, the width that it would have here if nothing of it were
# cut off (in pixels of the page), and whether it has a larger file.
SHOWN = """() => [...document.querySelectorAll("img[srcset]")]
    .filter((one) => one.checkVisibility()).map((one) => {
    const {width, height} = one.getBoundingClientRect();
    const whole = height * one.getAttribute("width") / one.getAttribute("height");
    const files = one.srcset.split(", ").map((file) => file.split(" "));
    const sent = files.findIndex(([path]) => new URL(path, location).href === one.currentSrc);
    const fits = getComputedStyle(one).objectFit === "cover" ? Math.max(width, whole) : width;
    return [parseInt(files[sent]?.[1]), fits, sent < files.length - 1, one.currentSrc];
})"""
SCREENS = [(360, 2), (360, 3), (390, 3), (412, 1.75), (414, 2)]  # the fourth as Lighthouse looks


@pytest.fixture(scope="module")
def pictured(site):
    site.python("-c", COVERS)
    return ("/", "/b/mio/", "/b/mio/c/pictured-0/?view=cards")


@pytest.mark.parametrize(("width", "density"), SCREENS)
def test_a_telephone_takes_files_of_the_size_it_shows(pictured, browse, width, density):
    page = browse(viewport={"width": width, "height": 780}, device_scale_factor=density)
    for path in pictured:
        page.goto(path)
        for picture in page.locator("img[srcset]:visible").all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("(one) => one.decode()")
        found = page.evaluate(SHOWN)
        assert found, path
        for file, shown, has_larger, address in found:
            assert file <= 2 * density * shown, (path, address, shown)
            assert file >= 1.3 * shown or not has_larger, (path, address, shown)
            assert file == 640 or "/cover/" not in address, (path, address, shown)
