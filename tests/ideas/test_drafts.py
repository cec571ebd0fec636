"""Drafts: kept word by word, of somebody or of nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cocreate.lib.errors import Invalid, NotFound
from ideas.domain import drafts
from ideas.domain.drafts import Words
from ideas.domain.ideas import post_idea
from ideas.models import Challenge, Draft, Idea
from tests.factories import make_brand, make_challenge, make_participant

pytestmark = pytest.mark.django_db

WORDS = Words(title="A roof", body="It drinks the rain.  ", tags="rain, ", language="fr")


@pytest.fixture
def name():
    return drafts.new_name()


def save(brand, user, name, words=WORDS):
    return drafts.store(brand=brand, user=user, name=name, words=words)


def test_a_draft_is_kept_as_it_was_typed(brand, challenge, charlie, name):
    draft = save(brand, charlie, name, Words(title=" A roof", body="It …  ", challenge="street"))
    assert (draft.title, draft.body, draft.challenge) == (" A roof", "It …  ", challenge)
    assert drafts.of(charlie) == [draft]
    assert drafts.of(charlie, make_brand()) == []


def test_the_same_form_keeps_one_draft(brand, charlie, name):
    save(brand, charlie, name)
    save(brand, charlie, name, Words(title="A roof of moss"))
    assert Draft.objects.get().title == "A roof of moss"


def test_nothing_typed_is_no_draft_but_what_was_there_may_become_empty(brand, charlie, name):
    assert save(brand, charlie, name, Words(title="  ", language="fr")) is None
    save(brand, charlie, name)
    assert save(brand, charlie, name, Words()).title == ""


def test_a_name_that_is_not_ours_is_refused(brand, charlie):
    for forged in ("", "bcdfghjkmn", "bcdfghjkmn-0000000000000000", "é-é"):
        with pytest.raises(Invalid):
            save(brand, charlie, forged)


def test_another_ones_draft_is_neither_read_nor_written(brand, charlie, mallory, name):
    draft = save(brand, charlie, name)
    with pytest.raises(drafts.DraftGone):
        save(brand, mallory, name, Words(title="Mine now"))
    with pytest.raises(NotFound):
        drafts.draft_or_404(mallory, draft.code)
    drafts.delete(user=mallory, code=draft.code)
    assert drafts.draft_or_404(charlie, draft.code).title == "A roof"


def test_twenty_drafts_at_a_brand_are_enough(brand, charlie, name):
    for n in range(drafts.MOST):
        save(brand, charlie, drafts.new_name(), Words(title=f"Draft {n}"))
    with pytest.raises(drafts.TooManyDrafts):
        save(brand, charlie, name)
    assert save(make_brand(), charlie, name)


def test_what_comes_after_it_was_posted_brings_no_draft_back(brand, challenge, charlie, name):
    author = make_participant(brand, charlie)
    post_idea(challenge=challenge, author=author, title="A roof", code=drafts.code_in(name))
    with pytest.raises(drafts.DraftGone):
        save(brand, charlie, name)


def test_what_another_window_saves_late_brings_no_deleted_draft_back(brand, charlie, name):
    code = save(brand, charlie, name).code
    drafts.delete(user=charlie, code=code)
    with pytest.raises(drafts.DraftGone):
        save(brand, charlie, name)
    assert drafts.of(charlie) == []
    left = Draft.objects.get()
    assert (left.title, left.body, left.tags, left.user) == ("", "", "", None)
    assert save(brand, charlie, drafts.new_name()).title == "A roof"


def test_the_name_of_a_deleted_draft_goes_after_a_day(brand, charlie, name):
    drafts.delete(user=charlie, code=save(brand, charlie, name).code)
    Draft.objects.update(updated_at=timezone.now() - timedelta(hours=23))
    assert drafts.sweep() == 0
    Draft.objects.update(updated_at=timezone.now() - timedelta(hours=25))
    assert drafts.sweep() == 1


def test_what_was_sent_after_a_draft_was_deleted_is_kept_beside_its_name(brand, charlie, name):
    code = save(brand, charlie, name, Words(title="A ro")).code
    drafts.delete(user=charlie, code=code)
    secret = drafts.keep(slug=brand.slug, name=name, words=WORDS)
    assert drafts.take(secret=secret, user=charlie, code=code).title == "A roof"


def test_a_question_that_is_not_published_is_named_in_no_draft(brand, challenge, charlie, name):
    words = Words(title="A roof", challenge=challenge.slug)
    assert save(brand, charlie, name, words).challenge == challenge
    Challenge.objects.update(published_at=None)
    (shown,) = drafts.of(charlie)
    assert shown.challenge is None
    assert drafts.draft_or_404(charlie, shown.code).challenge is None
    assert save(brand, charlie, name, words).challenge is None


def test_words_are_bounded_and_storable():
    words = drafts.words_from(
        {"title": "a\0b" + "c" * 2_000, "body": "d" * 100_000, "challenge": None},
        ["x" * 10, "../../etc", *("y" * n for n in range(1, 9))],
    )
    assert words.title.startswith("abc")
    assert (len(words.title), len(words.body), words.challenge) == (1_000, 60_000, "")
    assert words.images == ["x" * 10, "y", "yy", "yyy", "yyyy", "yyyyy"]


def test_what_nobody_has_is_taken_once_by_who_has_the_secret(brand, charlie, mallory, name):
    secret = drafts.keep(slug=brand.slug, name=name, words=WORDS)
    draft = Draft.objects.get()
    assert (draft.user, draft.secret != secret) == (None, True)
    with pytest.raises(NotFound):
        drafts.take(secret=f"{secret}x", user=mallory)
    taken = drafts.take(secret=secret, user=charlie)
    assert (taken.user, taken.body, taken.secret) == (charlie, "It drinks the rain.  ", None)
    with pytest.raises(NotFound):
        drafts.take(secret=secret, user=mallory)


def test_what_was_kept_goes_into_the_draft_they_had_begun(brand, charlie, name):
    begun = save(brand, charlie, name, Words(title="A ro"))
    secret = drafts.keep(slug=brand.slug, name=name, words=WORDS)
    assert begun.refresh_from_db() is None
    assert begun.title == "A ro"  # whoever sends it may be somebody else
    taken = drafts.take(secret=secret, user=charlie, code=begun.code)
    assert (taken.pk, taken.title) == (begun.pk, "A roof")
    assert Draft.objects.count() == 1


def test_what_was_kept_is_theirs_however_many_they_have(brand, charlie):
    for n in range(drafts.MOST):
        save(brand, charlie, drafts.new_name(), Words(title=f"Draft {n}"))
    secret = drafts.keep(slug=brand.slug, name="", words=WORDS)
    assert drafts.take(secret=secret, user=charlie).title == "A roof"


def test_for_a_brand_that_is_not_there_nothing_is_kept_and_nobody_is_told(brand):
    secret = drafts.keep(slug="nowhere", name="", words=WORDS)
    assert secret.startswith("cod_")
    assert not Draft.objects.exists()


def test_what_nobody_took_goes_after_a_week_and_what_is_somebodys_stays(brand, charlie, name):
    save(brand, charlie, name)
    secret = drafts.keep(slug=brand.slug, name="", words=WORDS)
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=6))
    assert drafts.sweep() == 0
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=7, minutes=1))
    with pytest.raises(NotFound):
        drafts.kept(secret)
    assert drafts.sweep() == 1
    assert Draft.objects.get().user == charlie


def test_a_form_sent_twice_posts_one_idea_and_other_words_another(brand, charlie, name):
    challenge, author = make_challenge(brand), make_participant(brand, charlie)
    code = drafts.code_in(name)
    first = post_idea(challenge=challenge, author=author, title="A roof", code=code)
    again = post_idea(challenge=challenge, author=author, title=" A  roof ", code=code)
    assert (first.code, again.pk) == (code, first.pk)
    other = post_idea(challenge=challenge, author=author, title="A wall", code=code)
    assert other.code != code
    with pytest.raises(Invalid):
        post_idea(challenge=challenge, author=make_participant(brand), title="A roof", code=code)
    assert Idea.objects.count() == 2


def test_the_same_words_sent_to_another_question_are_another_idea(brand, charlie, name):
    author, code = make_participant(brand, charlie), drafts.code_in(name)
    one, other = (
        post_idea(challenge=make_challenge(brand), author=author, title="A roof", code=code)
        for _ in range(2)
    )
    assert one.challenge != other.challenge
    assert (one.code, other.code != code, Idea.objects.count()) == (code, True, 2)
