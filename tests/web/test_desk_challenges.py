"""The questions of a brand at its desk: drafts, the editor, publishing, closing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Activity
from ideas.domain import challenges, votes
from ideas.enums import Mode, Period, Verb, Voters
from ideas.models import Challenge
from tests.factories import make_challenge, make_idea
from tests.pictures import drawn, files
from tests.web.conftest import reader, text_of
from tests.web.pictures import upload

LIST = "/desk/mio/challenges/"
NEW = f"{LIST}new/"
STREET = f"{LIST}street/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def draft(brand):
    return make_challenge(brand, slug="draft", title="What is unfinished?", published=False)


def form_of(page):
    """What a browser would send back as it stands."""
    editor = page.context["editor"]
    sent = {"revision": editor.revision, "zone": editor.phases.zone.key}
    for form in (editor.words, editor.rules):
        for field in form:
            value = field.value()
            if value not in (None, False):
                sent[field.name] = value
    sent["phase"] = [row.key for row in editor.phases.rows]
    for row in editor.phases.rows:
        sent |= {f"{row.key}-title": row.title, f"{row.key}-verbs": row.verbs}
        for name, wall in (("opens", row.opens), ("closes", row.closes)):
            sent |= {f"{row.key}-{name}": wall.text, f"{row.key}-{name}-was": wall.was}
            sent |= {f"{row.key}-{name}-which": wall.which}
        if row.hides_counts:
            sent[f"{row.key}-hides_counts"] = "on"
    return sent


def test_a_new_question_is_a_draft_with_an_address_made_of_its_words(desk, brand):
    form = form_of(desk.get(NEW)) | {"title": "Où garer  les vélos ?"}
    page = desk.post(NEW, form | {"save": "1"}, follow=True)
    assert "Saved. Only your team sees it." in text_of(page)
    made = Challenge.objects.get(slug="ou-garer-les-velos")
    assert (made.title, made.published_at, made.rules.version) == ("Où garer les vélos ?", None, 1)
    assert [phase.verbs for phase in made.rules.phases.all()] == [["submit", "vote", "comment"]]
    again = desk.post(NEW, form | {"save": "1"}, follow=True)
    assert again.context["challenge"].slug == "ou-garer-les-velos-2"


def test_a_question_without_latin_letters_is_given_an_address(desk, brand):
    form = form_of(desk.get(NEW)) | {"save": "1"}
    for title, slug in (("なぜですか？", "question"), ("لماذا؟", "question-2")):
        desk.post(NEW, form | {"title": title})
        assert Challenge.objects.get(slug=slug).title == title
    desk.post(NEW, form | {"title": "Quelle œuvre d’été ?"})
    assert Challenge.objects.filter(slug="quelle-oeuvre-dete").exists()


def test_an_empty_question_is_one_problem_not_two(desk, brand):
    page = desk.post(NEW, form_of(desk.get(NEW)) | {"title": " ", "slug": "", "save": "1"})
    assert page.status_code == 400
    words = page.context["editor"].words
    assert dict(words.errors) == {"title": ["Ask your question in a few words."]}
    assert words["slug"].value() == ""


def test_every_rule_is_stored_as_it_was_chosen_and_shown_again(desk, draft):
    form = form_of(desk.get(f"{LIST}draft/")) | {
        "title": "What now?", "body": "*All* of it.", "language": "fr", "slug": "what-now",
        "mode": "points", "max_points": "4", "budget": "20", "budget_period": "month",
        "half_life": "0.5", "who_votes": "admitted", "votes_leave": "on", "licence": "CC0",
        "p1-title": "Collect", "p1-verbs": ["submit", "comment"], "p1-closes": "2027-05-01T18:00",
        "phase": ["p1", "p2"], "p2-title": "Choose", "p2-verbs": ["vote"],
        "p2-opens": "2027-04-01T08:00", "p2-hides_counts": "on", "save": "1",
    }  # fmt: skip
    page = desk.post(f"{LIST}draft/", form, follow=True)
    assert "Saved." in text_of(page)
    saved = Challenge.objects.get(pk=draft.pk)
    rules = saved.rules
    assert (saved.title, saved.body, saved.language, saved.slug) == (
        "What now?", "*All* of it.", "fr", "what-now",
    )  # fmt: skip
    assert (rules.version, rules.mode, rules.max_points, rules.budget) == (1, Mode.POINTS, 4, 20)
    assert (rules.budget_period, rules.half_life) == (Period.MONTH, timedelta(hours=12))
    assert (rules.who_votes, rules.votes_leave) == (Voters.ADMITTED, True)
    assert (rules.licence, rules.licence_version) == ("CC0", 1)
    first, second = rules.phases.all()
    assert (first.title, first.verbs, first.opens_at) == ("Collect", ["submit", "comment"], None)
    assert first.closes_at == datetime(2027, 5, 1, 18, tzinfo=UTC)
    assert (second.opens_at, second.closes_at) == (datetime(2027, 4, 1, 8, tzinfo=UTC), None)
    assert second.hides_counts
    shown = form_of(page)
    kept = {name: value for name, value in form.items() if name not in {"save", "revision"}}
    assert {name: str(shown[name]) for name in kept} == {
        name: str(value) for name, value in (kept | {"votes_leave": True}).items()
    } | {"p1-closes-was": shown["p1-closes-was"]}


def test_a_draft_is_written_over_and_leaves_no_versions(desk, draft):
    for title in ("First", "Second"):
        form = form_of(desk.get(f"{LIST}draft/")) | {"title": f"{title} words", "licence": title}
        desk.post(f"{LIST}draft/", form | {"save": "1"})
    draft.refresh_from_db()
    assert draft.title == "Second words"
    assert [(r.version, r.licence, r.licence_version) for r in draft.versions.all()] == [
        (1, "Second", 1)
    ]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": "  "}, "Ask your question in a few words."),
        ({"title": "x" * 201}, "Keep it under 200 characters."),
        ({"body": "x" * 20_001}, "Keep it under 20000 characters."),
        ({"language": "tlh"}, "Choose one of these."),
        ({"slug": "A B"}, "An address has 1 to 50 small letters"),
        ({"slug": "new"}, "This address is kept for the site itself."),
        ({"slug": "open"}, "Another question of yours has this address."),
        ({"budget": "0"}, "A budget is 1 to 1000; leave it empty for no limit."),
        ({"budget": "1001"}, "A budget is 1 to 1000; leave it empty for no limit."),
        ({"budget": "many"}, "Write a whole number."),
        ({"mode": "points", "max_points": "11"}, "People give 2 to 10 points at most."),
        ({"mode": "points", "max_points": "5", "budget": "4"}, "nobody could ever give 5 points"),
        ({"half_life": "0.04"}, "A half-life is one hour at least and five years at most."),
        ({"half_life": "1831"}, "A half-life is one hour at least and five years at most."),
        ({"half_life": "soon"}, "Write a number of days, such as 30."),
        ({"half_life": "Infinity"}, "Write a number of days, such as 30."),
        ({"mode": "shout"}, "Choose one of these."),
        ({"who_votes": ""}, "Choose one of these."),
        ({"licence": "x" * 20_001}, "Keep it under 20000 characters."),
        ({"phase": []}, "A question needs at least one phase."),
        ({"p1-title": ""}, "Give the phase a name."),
        ({"p1-opens": "2027-01-02T00:00", "p1-closes": "2027-01-01T00:00"}, "close after it opens"),
        ({"p1-opens": "2027-01-02T00:00", "p1-closes": "2027-01-02T00:00"}, "close after it opens"),
        ({"p1-opens": "1789-07-14T10:00"}, "Choose a day between the years 2000 and 2199."),
        ({"p1-closes": "2027-02-30T10:00"}, "Write a day and a time."),
    ],
)
def test_nonsense_is_refused_at_its_field_and_nothing_typed_is_lost(desk, draft, sent, sentence):
    form = form_of(desk.get(f"{LIST}draft/")) | {"licence": "Kept"} | sent | {"save": "1"}
    page = desk.post(f"{LIST}draft/", form)
    assert page.status_code == 400
    assert sentence in text_of(page)
    shown = form_of(page)
    kept = {"licence": "Kept"} | sent
    assert {name: shown.get(name, []) for name in kept if name != "who_votes"} == {
        name: value for name, value in kept.items() if name != "who_votes"
    }
    draft.refresh_from_db()
    assert (draft.title, draft.rules.licence) == ("What is unfinished?", "")


def test_all_that_is_wrong_is_said_at_once(desk, draft):
    """What cannot be read, and what is read and may not be: in one round, also of a new one."""
    wrong = {"title": "", "budget": "0", "p1-title": "", "half_life": "soon"}
    wrong |= {"p1-opens": "tomorrow"}
    for path in (f"{LIST}draft/", NEW):
        page = text_of(desk.post(path, form_of(desk.get(path)) | wrong | {"save": "1"}))
        for sentence in (
            "Write a number of days, such as 30.", "Write a day and a time.", "in a few words",
            "A budget is 1 to 1000", "Give the phase a name.",
        ):  # fmt: skip
            assert page.count(sentence) == 1, (path, sentence)


def test_a_budget_is_not_blamed_for_points_that_cannot_be_read(desk, draft):
    wrong = {"mode": "points", "max_points": "many", "budget": "3"}
    page = text_of(desk.post(f"{LIST}draft/", form_of(desk.get(f"{LIST}draft/")) | wrong))
    assert "Write a whole number." in page
    assert "With so small a budget" not in page


def test_words_and_rules_of_a_public_question_are_refused_in_one_answer(desk, challenge):
    wrong = {"title": "", "half_life": "soon", "budget": "0"}
    page = text_of(desk.post(STREET, form_of(desk.get(STREET)) | wrong))
    for sentence in ("in a few words", "Write a number of days", "A budget is 1 to 1000"):
        assert page.count(sentence) == 1


def test_phases_are_added_and_removed_before_anything_is_saved(desk, draft):
    form = form_of(desk.get(f"{LIST}draft/")) | {"title": "Half a thought"}
    page = desk.post(f"{LIST}draft/", form | {"add": "1"})
    assert page.status_code == 200
    assert [row.key for row in page.context["editor"].phases.rows] == ["p1", "p2"]
    form = form_of(page) | {"p2-title": "Choose"}
    page = desk.post(f"{LIST}draft/", form | {"remove": "p1"})
    assert [row.title for row in page.context["editor"].phases.rows] == ["Choose"]
    assert page.context["editor"].words["title"].value() == "Half a thought"
    draft.refresh_from_db()
    assert draft.title == "What is unfinished?"


def test_there_are_never_more_phases_than_a_road_can_show(desk, draft):
    form = form_of(desk.get(f"{LIST}draft/"))
    for n in range(1, 20):
        form |= {f"p{n}-title": f"Phase {n}"}
    form["phase"] = [f"p{n}" for n in range(1, 20)]
    assert "12 phases at most." in text_of(desk.post(f"{LIST}draft/", form | {"save": "1"}))


def test_a_look_at_the_text_saves_nothing(desk, draft):
    form = form_of(desk.get(f"{LIST}draft/")) | {"body": "We **know** <script>x</script>"}
    page = desk.post(f"{LIST}draft/", form | {"look": "1"})
    assert "We <strong>know</strong>" in page.content.decode()
    assert "<script>x" not in page.content.decode()
    draft.refresh_from_db()
    assert draft.body == ""


@pytest.mark.parametrize("path", ["/b/mio/c/draft/", "/b/mio/c/draft/rules/"])
def test_a_draft_is_there_for_the_team_alone(draft, bob, rita, charlie, mallory, path):
    answers = [reader(user).get(path).status_code for user in (bob, rita, charlie, mallory, None)]
    assert answers == [200, 200, 404, 404, 404]
    assert "your team alone sees this page" in text_of(reader(rita).get(path))


def test_a_draft_is_in_no_list_form_or_answer(draft, brand, alice, charlie, visitor):
    for user in (alice, charlie, None):
        client = reader(user)
        for path in ("/", "/b/mio/", "/b/mio/submit/", "/api/v1/brands/mio/challenges/"):
            assert "unfinished" not in client.get(path).content.decode()
    for user, status in ((charlie, 404), (None, 404), (alice, 200)):
        answer = reader(user).get("/api/v1/brands/mio/ideas/?challenge=draft")
        assert answer.status_code == status


def test_nothing_can_be_done_in_a_draft(draft, charlie, alice):
    assert challenges.state_of(draft).verbs == frozenset()
    sent = {"title": "An early bird", "challenge": "draft"}
    for user in (charlie, alice):
        answer = reader(user).post("/b/mio/submit/", sent | {"language": "en", "body": ""})
        assert answer.status_code == 400


def test_a_preview_shows_what_people_will_find_and_lets_nobody_use_it(desk, draft, brand):
    page = desk.get("/b/mio/c/draft/")
    assert "Nobody has answered yet. Yours would be the first idea." in text_of(page)
    dead = r"<button[^>]* disabled>(?:(?!</button>).)*Share your idea"
    assert len(re.findall(dead, page.content.decode(), re.DOTALL)) == 2
    assert "/b/mio/submit/?challenge=draft" not in page.content.decode()
    later = {"title": "Later", "verbs": [Verb.SUBMIT], "opens_at": timezone.now() + timedelta(1)}
    make_challenge(brand, slug="later", phases=[later], published=False)
    assert "Share your idea" not in text_of(desk.get("/b/mio/c/later/"))


def test_a_draft_is_published_once_and_for_good(desk, draft, visitor):
    form = form_of(desk.get(f"{LIST}draft/")) | {"title": "Is it ready?", "publish": "1"}
    page = desk.post(f"{LIST}draft/", form, follow=True)
    assert "Your question is public now." in text_of(page)
    assert "Is it ready?" in text_of(visitor.get("/b/mio/c/draft/"))
    assert Activity.objects.filter(kind="challenge.published", private=False).count() == 1
    draft.refresh_from_db()
    with pytest.raises(challenges.AlreadyPublished):
        challenges.publish(challenge=draft, actor=None)
    late = desk.post(f"{LIST}draft/discard/", {"revision": draft.revision})
    assert late.status_code == 409
    assert Challenge.objects.filter(pk=draft.pk).exists()


def test_what_would_be_over_at_once_is_not_published(desk, draft):
    form = form_of(desk.get(f"{LIST}draft/")) | {"p1-closes": "2020-01-01T10:00", "publish": "1"}
    page = desk.post(f"{LIST}draft/", form)
    assert page.status_code == 400
    assert "Every phase is over already: nobody could do anything." in text_of(page)
    draft.refresh_from_db()
    assert draft.published_at is None
    assert draft.rules.phases.get().closes_at is not None  # what was typed is saved


def test_a_draft_can_be_thrown_away(desk, draft):
    page = desk.post(f"{LIST}draft/discard/", {"revision": draft.revision}, follow=True)
    assert "The draft is gone." in text_of(page)
    assert not Challenge.objects.filter(slug="draft").exists()


def test_of_two_managers_the_second_is_told_and_loses_nothing(desk, alice, draft):
    form = form_of(desk.get(f"{LIST}draft/"))
    reader(alice).post(f"{LIST}draft/", form | {"title": "What Alice wrote", "save": "1"})
    page = desk.post(f"{LIST}draft/", form | {"title": "What Bob wrote", "save": "1"})
    assert page.status_code == 412
    assert "Somebody of your team changed this question" in text_of(page)
    assert "What Alice wrote" in text_of(page)
    assert page.context["editor"].words["title"].value() == "What Bob wrote"
    draft.refresh_from_db()
    assert draft.title == "What Alice wrote"
    desk.post(f"{LIST}draft/", form_of(page) | {"save": "1"})  # knowing what it replaces
    draft.refresh_from_db()
    assert draft.title == "What Bob wrote"


def test_the_words_of_a_public_question_change_and_its_address_stays(desk, challenge):
    form = form_of(desk.get(STREET)) | {"title": "What else?", "slug": "elsewhere", "save": "1"}
    assert "slug" not in form_of(desk.get(STREET))
    assert "Saved." in text_of(desk.post(STREET, form, follow=True))
    challenge.refresh_from_db()
    assert (challenge.title, challenge.slug, challenge.rules.version) == ("What else?", "street", 1)


def test_two_managers_change_the_words_of_a_public_question(desk, alice, challenge):
    form = form_of(desk.get(STREET))
    reader(alice).post(STREET, form | {"title": "What Alice wrote", "save": "1"})
    page = desk.post(STREET, form | {"title": "What Bob wrote", "save": "1"})
    assert page.status_code == 412
    assert page.context["editor"].words["title"].value() == "What Bob wrote"


def test_a_question_is_closed_and_opened_again(desk, challenge, idea, charlie, visitor):
    page = desk.post(f"{STREET}close/", {"revision": challenge.revision}, follow=True)
    assert "Closed." in text_of(page)
    with pytest.raises(votes.IdeaClosed):
        votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    late = desk.post(f"{STREET}close/", {"revision": challenge.revision, "open": "1"})
    assert late.status_code == 412
    challenge.refresh_from_db()
    desk.post(f"{STREET}close/", {"revision": challenge.revision, "open": "1"})
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    log = text_of(visitor.get("/b/mio/c/street/rules/"))
    assert "The team closed the question" in log
    assert "The team opened the question again" in log


def test_the_permanent_question_changes_its_words_and_keeps_its_rules(desk, brand):
    page = desk.get(f"{LIST}open/")
    assert "This question is always there, and its rules stay" in text_of(page)
    form = form_of(page) | {"title": "What do you dream of?", "save": "1"}
    desk.post(f"{LIST}open/", form)
    permanent = Challenge.objects.get(brand=brand, slug="open")
    assert permanent.title == "What do you dream of?"
    for path in ("rules/", "close/"):
        answer = desk.post(f"{LIST}open/{path}", form | {"revision": permanent.revision})
        assert answer.status_code == 409
    assert permanent.versions.count() == 1


def test_the_list_sorts_questions_by_where_they_stand(desk, brand, draft):
    now = timezone.now()
    day = timedelta(days=1)
    phases = {
        "coming": {"opens_at": now + day},
        "running": {"closes_at": now + 3 * day + timedelta(hours=1)},
        "over": {"closes_at": now - day},
    }
    for slug, dates in phases.items():
        phase = {"title": "Only", "verbs": [Verb.VOTE]} | dates
        make_challenge(brand, slug=slug, title=f"It is {slug}?", phases=[phase])
    page = desk.get(LIST)
    found = {key: [row[0].slug for row in rows] for key, _t, rows in page.context["sections"]}
    assert found == {
        "draft": ["draft"], "running": ["running", "open"], "coming": ["coming"], "over": ["over"],
    }  # fmt: skip
    assert "3 days left" in text_of(page)


def test_v23_the_list_tells_no_votes_while_they_are_hidden(desk, brand, charlie):
    shown = {"title": "Open", "verbs": [Verb.SUBMIT, Verb.VOTE]}
    blind = make_challenge(brand, slug="blind", phases=[shown | {"hides_counts": True}])
    plain = make_challenge(brand, slug="plain", phases=[shown])
    for challenge in (blind, plain):
        idea = make_idea(challenge)
        votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    cache.clear()
    page = text_of(desk.get(LIST))
    assert "Open · counts hidden 1 idea See the page" in page
    assert "1 idea" in page


@pytest.mark.parametrize("there", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(desk, brand, there, django_assert_num_queries):
    for n in range(there):
        make_idea(make_challenge(brand, slug=f"one-{n}"))
        make_challenge(brand, published=False)
    cache.clear()
    # session, role, brand; drafts, questions and the phases of each; figures, tags, inbox
    with django_assert_num_queries(10):
        desk.get(LIST)


def test_an_analyst_reads_the_list_and_changes_nothing(rita, brand, challenge):
    client = reader(rita)
    page = client.get(LIST)
    assert page.status_code == 200
    assert "Ask a question" not in text_of(page)
    for path in (NEW, STREET):
        assert client.get(path).status_code == 403
        assert client.post(path, {"title": "Mine"}).status_code == 403
    for path in ("rules/", "close/", "cover/", "discard/"):
        assert client.post(f"{STREET}{path}", {"revision": 1}).status_code == 403
    challenge.refresh_from_db()
    assert (challenge.revision, challenge.closed) == (2, False)


def test_a_question_of_another_brand_is_not_there(mallory, desk, brand):
    other = mallory.memberships.get().brand
    make_challenge(other, slug="theirs")
    assert desk.get(f"{LIST}theirs/").status_code == 404
    assert desk.post(f"{LIST}theirs/rules/", {}).status_code == 404


def test_the_cover_of_a_draft_is_saved_with_all_the_rest(desk, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    path = f"{LIST}draft/"
    sent = form_of(desk.get(path)) | {"title": "Is it drawn?", "alt": "A street"}
    page = desk.post(path, sent | {"picture": upload(b"no picture"), "publish": "1"})
    assert page.status_code == 400
    assert 'value="A street"' in page.content.decode()
    draft.refresh_from_db()
    assert (draft.title, draft.cover, draft.published_at) == ("Is it drawn?", "", None)
    sent |= {"revision": draft.revision}
    page = desk.post(path, sent | {"title": "", "picture": upload(drawn())})
    assert "Choose the picture again: it was not kept." in text_of(page)
    desk.post(path, sent | {"picture": upload(drawn()), "save": "1"})
    draft.refresh_from_db()
    assert (bool(draft.cover), draft.cover_alt) == (True, "A street")
    desk.post(path, form_of(desk.get(path)) | {"title": "Is it gone?", "uncover": "1"})
    draft.refresh_from_db()
    assert (draft.cover, draft.title) == ("", "Is it gone?")


def test_a_draft_takes_a_cover_with_words_and_leaves_no_file_behind(
    desk, draft, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    page = f"{LIST}draft/cover/"
    wrong = desk.post(page, {"picture": upload(b"no picture"), "alt": "A street"})
    assert wrong.status_code == 400
    assert 'id="cover-wrong"' in wrong.content.decode()
    assert "Choose a picture first." in text_of(desk.post(page, {"alt": "A street"}))
    desk.post(page, {"picture": upload(drawn()), "alt": "A street"})
    draft.refresh_from_db()
    assert len(files(tmp_path)) == 2
    assert draft.cover_alt == "A street"
    assert 'alt="A street"' in desk.get("/b/mio/c/draft/").content.decode()
    desk.post(page, {"alt": "Another street"})
    draft.refresh_from_db()
    assert draft.cover_alt == "Another street"
    page = desk.post(page, {"alt": "A third street"}, follow=True)
    cover = page.content.decode().partition('id="cover"')[2]
    assert "<span>Saved.</span>" in cover.partition("</section>")[0]
    draft.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{LIST}draft/discard/", {"revision": draft.revision})
    assert files(tmp_path) == []
