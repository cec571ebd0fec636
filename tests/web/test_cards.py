"""The picture of an idea that others show beside a link to it."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image as Pillow

from accounts import limits
from accounts.enums import Visibility
from accounts.limits import Limit
from accounts.models import Brand
from ideas.domain import cards, images
from ideas.domain.cards import card_of
from ideas.domain.challenges import state_of
from ideas.domain.ideas import set_hidden
from ideas.models import Idea, Score
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.pictures import files, uploaded
from tests.web.conftest import path_of, reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def plain(idea):
    return f"/i/{idea.code}/card.png"


def card_in(page):
    return re.search(r'property="og:image" content="[^"]*?(/i/[^"]+)"', page.content.decode())[1]


def supported(idea, number):
    Score.objects.filter(idea=idea).update(support=number)
    return Idea.objects.select_related("score", "brand", "challenge__rules").get(pk=idea.pk)


def says(idea):
    return card_of(idea, state_of(idea.challenge)).sheet


def test_the_page_names_its_card_for_those_who_show_links(visitor, idea):
    page = visitor.get(path_of(idea))
    body = page.content.decode()
    assert 'name="twitter:card" content="summary_large_image"' in body
    assert 'property="og:image:width" content="1200"' in body
    answer = visitor.get(card_in(page))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert Pillow.open(io.BytesIO(answer.content)).size == (1200, 630)


def test_caches_may_keep_a_card_that_its_address_names(visitor, member, idea):
    path = card_in(visitor.get(path_of(idea)))
    for client in (visitor, member):
        answer = client.get(path)
        assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=3600, immutable"
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["X-Content-Type-Options"] == "nosniff"
    again = visitor.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_plain_address_leads_to_todays_card_for_a_moment(visitor, idea):
    answer = visitor.get(plain(idea))
    assert (answer.status_code, answer["Cache-Control"]) == (302, "public, max-age=60")
    assert visitor.get(answer["Location"]).status_code == 200


def test_another_title_is_another_card_and_the_old_address_leads_there(visitor, idea):
    old = visitor.get(plain(idea))["Location"]
    Idea.objects.filter(pk=idea.pk).update(title="Something else")
    new = visitor.get(old)
    assert new.status_code == 302
    assert new["Location"] != old
    assert visitor.get(new["Location"]).status_code == 200


def test_a_card_is_painted_once_however_often_it_is_asked_for(visitor, idea, media, monkeypatch):
    monkeypatch.setattr(limits, "CARDS_FROM_NETWORK", Limit("card-test", 1, 3600))
    path = visitor.get(plain(idea))["Location"]
    assert [visitor.get(path).status_code for _n in range(3)] == [200] * 3
    assert len(files(media)) == 1


def test_who_has_too_many_painted_is_told_when_to_come_back(visitor, challenge, monkeypatch):
    monkeypatch.setattr(limits, "CARDS_FROM_NETWORK", Limit("card-test-many", 1, 3600))
    first, second = (make_idea(challenge, title=f"Idea {n}") for n in range(2))
    paths = [visitor.get(plain(one))["Location"] for one in (first, second)]
    assert [visitor.get(path).status_code for path in paths] == [200, 429]
    refused = visitor.get(paths[1])
    assert refused["Retry-After"]
    assert refused["Cache-Control"] == "no-store"


def test_there_are_never_more_files_than_places(visitor, challenge, media, monkeypatch):
    monkeypatch.setattr(cards, "PLACES", 1)
    ideas = [make_idea(challenge, title=f"Idea {n}") for n in range(2)]
    for idea in [*ideas, ideas[0]]:
        assert visitor.get(visitor.get(plain(idea))["Location"]).status_code == 200
    assert len(files(media)) == 1


def test_what_is_half_written_is_painted_again(visitor, idea, media):
    path = visitor.get(plain(idea))["Location"]
    whole = visitor.get(path).content
    (file,) = files(media)
    kept = media / file
    kept.write_bytes(kept.read_bytes()[:-20])
    assert visitor.get(path).content == whole


def test_a_card_that_cannot_be_kept_is_shown_all_the_same(visitor, idea, media):
    media.mkdir()
    (media / ".cards").write_text("no folder")
    answer = visitor.get(visitor.get(plain(idea))["Location"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")


def test_old_cards_are_swept_away(visitor, idea, media, monkeypatch):
    visitor.get(visitor.get(plain(idea))["Location"])
    assert cards.sweep() == 0
    monkeypatch.setattr(cards, "KEPT", timedelta(seconds=-1))
    assert cards.sweep() == 1
    assert files(media) == []


def test_f13_what_not_everybody_sees_has_no_card_for_anybody(challenge, idea, alice, rita):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    inside = make_idea(make_challenge(club))
    merged = make_idea(challenge, title="The same again")
    Idea.objects.filter(pk=merged.pk).update(merged_into=idea)
    hidden = make_idea(challenge, author=make_participant(challenge.brand, rita))
    path = reader().get(plain(hidden))["Location"]
    set_hidden(idea=hidden, hidden=True, actor=alice)
    for user in (None, alice, rita):
        for one in (inside, merged, hidden):
            assert reader(user).get(plain(one)).status_code == 404
        assert reader(user).get(path).status_code == 404
    assert "og:image" not in reader(rita).get(path_of(hidden)).content.decode()
    assert "og:image" not in reader(alice).get(path_of(inside)).content.decode()


def test_an_unknown_code_has_no_card(visitor, db):
    assert visitor.get("/i/zzzzzzzzzz/card.png").status_code == 404


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, ""), (1, "1 supporter"), (99, "99 supporters"), (128, "120+ supporters"),
     (1_299, "1,200+ supporters"), (45_678, "45,000+ supporters")],
)  # fmt: skip
def test_a_card_tells_many_supporters_roundly(idea, number, told):
    assert says(supported(idea, number)).support == told


def test_where_a_phase_hides_the_counts_a_card_says_nothing_of_them(alice):
    phase = {"title": "Quiet", "hides_counts": True, "verbs": ["submit", "vote"]}
    idea = make_idea(make_challenge(make_brand("quiet", owner=alice), phases=[phase]))
    few, many = says(supported(idea, 3)), says(supported(idea, 3_000))
    assert few == many
    assert few.support == ""


def test_a_card_shows_the_first_picture(visitor, idea):
    without = visitor.get(visitor.get(plain(idea))["Location"]).content
    image = uploaded(idea.brand, idea.author, size=(900, 600))
    images.attach(idea=idea, codes=[image.code], uploader=idea.author)
    with_picture = visitor.get(visitor.get(plain(idea))["Location"]).content
    assert with_picture != without


@pytest.mark.parametrize(
    "title",
    [
        "مرحبا بالعالم",
        "日本語の車",
        "🚗🚗🚗",
        "n" * 300,
        "Łódź " * 60,
        "‮Turned round‬",
        "«Ça» – déjà !",
    ],
)
def test_any_title_has_a_card(visitor, challenge, title):
    idea = make_idea(challenge, title=title)
    answer = visitor.get(visitor.get(plain(idea))["Location"])
    assert answer.status_code == 200
    assert len(answer.content) < 200_000


def test_a_brand_of_another_hue_has_another_card(visitor, idea):
    old = visitor.get(plain(idea))["Location"]
    Brand.objects.filter(pk=idea.brand_id).update(hue=220)
    assert visitor.get(plain(idea))["Location"] != old


def test_a_card_takes_two_queries(visitor, idea, django_assert_num_queries):
    path = visitor.get(plain(idea))["Location"]
    visitor.get(path)
    with django_assert_num_queries(2):  # idea, phases
        visitor.get(path)


def test_a_noisy_photograph_makes_no_huge_file(visitor, idea):
    noise = Pillow.effect_noise((900, 700), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    image = images.upload(brand=idea.brand, uploader=idea.author, source=out.getvalue())
    images.attach(idea=idea, codes=[image.code], uploader=idea.author)
    answer = visitor.get(visitor.get(plain(idea))["Location"])
    assert len(answer.content) < 600_000


def test_a_picture_that_is_lost_leaves_a_card_without(visitor, idea, media):
    images.attach(
        idea=idea,
        codes=[uploaded(idea.brand, idea.author, size=(900, 600)).code],
        uploader=idea.author,
    )
    for name in files(media):
        (media / name).unlink()
    assert visitor.get(visitor.get(plain(idea))["Location"]).status_code == 200
