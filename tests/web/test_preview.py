"""What somebody writes, as its page will show it: the same rendering, and nothing is posted."""

import re

import pytest

from ideas.domain import challenges, drafts
from ideas.models import Draft, Idea
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.pictures import uploaded
from tests.web.conftest import path_of, text_of

PAGE = "/b/mio/submit/"
SAID = {"title": "A roof that drinks the rain", "body": "Ten **litres**.\n\n- for trees"}


def typed(**over):
    form = {"challenge": "street", "language": "fr", "tags": "Rain, #roof"}
    return form | SAID | {"draft": drafts.new_name()} | over


def preview_in(response):
    return response.content.decode().partition('id="preview"')[2].partition("</section>")[0]


def plain(html):
    """Without what a preview has no address for, or another level of heading."""
    html = re.sub(r"</?(a|span)\b[^>]*>|<time.*?</time>|</?h[1-6]\b", "", html)
    return " ".join(html.split())


def test_a_preview_is_the_page_of_the_idea_word_for_word(member, challenge, settings):
    sent = typed()
    shown = preview_in(member.post(PAGE, sent | {"act": "preview"}))
    assert not Idea.objects.exists()
    member.post(PAGE, sent)
    page = member.get(path_of(Idea.objects.get())).content.decode()
    said = page.partition('<article class="stack loose">')[2].partition('<footer class="row">')[0]
    previewed = shown.partition('<article class="stack loose">')[2].partition("</article>")[0]
    assert "<strong>litres</strong>" in previewed
    assert plain(previewed) == plain(said)


def test_a_preview_has_its_pictures_by_addresses_that_their_sender_may_open(
    member, brand, charlie, challenge, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    image = uploaded(brand, make_participant(brand, charlie), alt="A roof")
    shown = preview_in(member.post(PAGE, typed(act="preview", images=image.code)))
    (address,) = re.findall(r'<img src="([^"]*)"', shown)
    assert member.get(address).status_code == 200
    assert "<a " not in shown.partition("gallery")[2].partition("</ul>")[0]


def test_a_preview_of_hostile_words_shows_them_and_runs_nothing(member, challenge):
    hostile = "<script>alert(1)</script>"
    shown = preview_in(member.post(PAGE, typed(act="preview", title=hostile, body=hostile)))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_change_is_looked_at_before_it_is_saved(member, challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    idea = make_idea(challenge, title="A roof", author=author)
    form = {"title": "A green roof", "body": "Of *moss*.", "language": "en", "revision": 1}
    page = member.post(f"/i/{idea.code}/edit/", form | {"act": "preview"})
    shown = preview_in(page)
    assert "A green roof" in shown
    assert "<em>moss</em>" in shown
    assert charlie.display_name in shown
    assert "Save the change" in shown
    idea.refresh_from_db()
    assert idea.title == "A roof"


@pytest.mark.parametrize("act", ["preview", "similar", ""])
def test_a_question_that_closed_meanwhile_takes_nothing_and_the_words_are_there(member, brand, act):
    challenges.set_closed(challenge=brand.challenges.get(), closed=True, actor=None)
    page = member.post(PAGE, typed(challenge="open", act=act))
    assert "No question takes ideas at the moment." in text_of(page)
    assert SAID["body"].splitlines()[0] in page.content.decode()
    assert not (Idea.objects.exists() or Draft.objects.exists())


def test_what_is_wrong_is_listed_above_with_the_way_to_each_field(member, challenge, brand):
    make_challenge(brand, slug="terms", licence="CC BY-SA 4.0")
    wrong = {"title": "", "tags": ",".join("abcdefghijk"), "images": ["abcdefgh"]}
    page = member.post(PAGE, typed(challenge="terms", terms="terms:1", **wrong)).content.decode()
    listed = page.partition('id="mistakes"')[2].partition("</ul>")[0]
    anchors = re.findall(r'href="#([^"]*)"', listed)
    assert anchors == ["id_title", "new-images", "id_tags", "id_accept_licence"]
    for anchor in anchors:
        assert f'id="{anchor}"' in page
    assert 'id="mistakes"' not in member.get(PAGE).content.decode()
    missing = member.post(PAGE, typed(challenge="")).content.decode()
    assert 'href="#id_challenge_0"' in missing


def test_what_one_keeps_and_gives_is_said_before_posting(member, brand):
    assert "There are no terms to accept: your idea stays yours." in text_of(member.get(PAGE))
    other = make_brand("other", name="Other")
    make_challenge(other, slug="terms", licence="CC BY-SA 4.0")
    page = text_of(member.get("/b/other/submit/"))
    assert "CC BY-SA 4.0" in page
    assert "There are no terms to accept" not in page
