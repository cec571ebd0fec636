"""What the demo shows: a community that has been there for a while, and no password of its own."""

import shutil
import stat
import tomllib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import F, Min
from django.test import override_settings
from django.utils import timezone

from accounts.domain import keys
from accounts.models import Activity, ApiKey, Brand, Membership, Participant, User
from cocreate.domain import demo, demo_file, demo_visit
from cocreate.domain.demo import loading, pictures
from ideas.access import challenges_of
from ideas.domain import coauthors, lists, revisions
from ideas.domain.challenges import state_of
from ideas.domain.statuses import DEFAULT
from ideas.enums import DeclineReason, Mode, Sort, Source, Status, Verb
from ideas.models import Challenge, Comment, Decision, Idea, Image, OrderVersion, Score, Vote
from notifications.access import deliveries_of
from notifications.models import Mail, Notice

PERSONAS = ["member@example.org", "manager@example.org", "operator@example.org"]
SLUGS = ["au-coin", "mio", "skerry"]


@pytest.fixture(scope="module")
def state(django_db_setup, django_db_blocker, tmp_path_factory):
    """One demo for all tests of this file: each undoes what it changes."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        demo.load(folder=folder / "var")
        yield folder
        # The cursors of the tally remember how far they read: numbers must not begin anew.
        call_command(
            "flush",
            interactive=False,
            verbosity=0,
            inhibit_post_migrate=True,
            reset_sequences=False,
        )


@pytest.fixture
def loaded(state, db):
    """The demo, in a transaction that is rolled back."""


@pytest.fixture
def media(state):
    return state / "media"


@pytest.fixture
def var(loaded, state, settings, tmp_path):
    """A copy of its folder."""
    settings.VAR = tmp_path / "var"
    shutil.copytree(state / "var", settings.VAR)
    return settings.VAR


def passwords(var):
    return {one.email: one.password for one in demo_file.accounts_of(var / demo_file.NAME)}


def test_the_demo_has_what_a_newcomer_should_see(loaded):
    assert list(Brand.objects.order_by("slug").values_list("slug", "language")) == [
        ("au-coin", "fr"), ("mio", "en"), ("skerry", "en"),
    ]  # fmt: skip
    assert (Idea.objects.count(), User.objects.count()) == (68, 300)
    assert 3000 < Vote.objects.count() < 9000
    street = Challenge.objects.get(slug="street")
    assert [phase.title for phase in state_of(street).phases] == ["Collect", "Refine", "Choose"]
    assert state_of(street).current.title == "Refine"
    modes = {challenge.rules.mode for challenge in Challenge.objects.select_related("rules")}
    assert modes == set(Mode)


def test_the_team_of_mio_is_of_two_so_that_ideas_can_be_handed_over(loaded):
    team = Membership.objects.filter(brand__slug="mio").order_by("pk")
    assert list(team.values_list("user__display_name", "role")) == [
        ("Peter Salas", "owner"), ("Leonor Moreira", "manager"),
    ]  # fmt: skip
    joined = Activity.objects.filter(kind="member.added", brand__slug="mio")
    assert joined.count() == 1
    assert not joined.filter(at__gt=timezone.now() - timedelta(days=1)).exists()


def test_ideas_are_in_every_status_and_most_in_none(loaded):
    assert set(Idea.objects.values_list("status", flat=True)) == set(Status)
    assert set(Status) == set(DEFAULT.steps)
    declined = Idea.objects.filter(status="declined")
    assert set(declined.values_list("closed", flat=True)) == {True}
    reasons = [idea.decisions.latest("id").reason for idea in declined]
    assert len(set(reasons)) > 3
    assert set(reasons) <= set(DeclineReason)
    assert Idea.objects.filter(status="submitted").count() > 25


def test_a_question_is_over_and_its_votes_were_cast_before_that(loaded):
    inside = Challenge.objects.select_related("rules").get(slug="inside")
    assert state_of(inside).verbs == frozenset()
    ends = max(phase.closes_at for phase in state_of(inside).phases if "vote" in phase.verbs)
    votes = Vote.objects.filter(idea__challenge=inside)
    assert votes.count() > 200
    assert not votes.filter(at__gt=ends).exists()
    assert not votes.filter(at__lt=F("idea__created_at")).exists()


def test_the_rules_of_a_question_changed_on_the_way_and_the_log_says_why(loaded):
    first, second = Challenge.objects.get(slug="street").versions.order_by("version")
    assert (first.half_life.days, second.half_life.days) == (30, 14)
    assert second.reason
    assert first.created_at < second.created_at < timezone.now() - timedelta(days=20)
    said = Activity.objects.get(kind="challenge.rules_changed", subject_code="street")
    assert said.at < timezone.now() - timedelta(days=20)


def test_a_draft_waits_for_the_team_alone(loaded):
    draft = Challenge.objects.get(slug="colours")
    assert not draft.is_published
    assert draft not in challenges_of(draft.brand)


def test_an_idea_is_signed_by_three_people(loaded):
    roof = Idea.objects.get(title__startswith="Le toit")
    assert [person.name for person in coauthors.of(roof)] == ["Rosa Jiménez", "Tom Okafor"]


def test_an_idea_was_changed_and_its_page_says_what_it_said_before(loaded):
    roof = Idea.objects.get(title__startswith="Le toit")
    last, first = revisions.changes_of(roof)[0]
    assert (roof.revision, last.number, first.number) == (2, 2, 1)
    assert first.at == roof.created_at < last.at == roof.updated_at
    assert last.editor == first.editor == roof.author
    assert Idea.objects.filter(revision__gt=1).count() > 2


def test_every_order_of_every_question_is_there_at_once(loaded):
    for challenge in Challenge.objects.exclude(slug="colours").select_related("brand"):
        count = Idea.objects.filter(challenge=challenge).count()
        for sort in (Sort.BEST, Sort.DISCOVER, Sort.RISING):
            page = lists.ideas_page(brand=challenge.brand, challenge=challenge, sort=sort)
            assert len(page.items) == count
    assert OrderVersion.objects.filter(challenge=None).count() == Brand.objects.count()


def test_each_brand_takes_ideas_now(loaded):
    for brand in Brand.objects.all():
        asked = [one for one in brand.challenges.all() if not one.is_permanent]
        assert any(state_of(challenge).allows(Verb.SUBMIT) for challenge in asked)


def test_votes_are_peoples_own_and_dated(loaded):
    assert set(Vote.objects.values_list("source", "state")) == {(Source.SELF, "counted")}
    assert not Score.objects.exclude(imported=0).exists()
    assert Vote.objects.dates("at", "day").count() > 50
    assert not Vote.objects.filter(at__lt=F("idea__created_at")).exists()
    assert not Vote.objects.filter(at__gt=timezone.now()).exists()


def test_nobody_has_done_anything_before_they_came(loaded):
    came = Participant.objects.annotate(first=Min("ideas__created_at"), voted=Min("votes__at"))
    assert not came.filter(first__lt=F("created_at")).exists()
    assert not came.filter(voted__lt=F("created_at")).exists()
    assert not Participant.objects.filter(user__date_joined__gt=F("created_at")).exists()
    assert not Brand.objects.filter(participant__created_at__lt=F("created_at")).exists()
    fresh = User.objects.filter(date_joined__gt=timezone.now() - timedelta(minutes=1))
    assert not fresh.exists()


def test_people_have_talked_and_the_brands_have_answered_long_ago(loaded):
    now = timezone.now()
    assert Comment.objects.filter(official=False).count() > 100
    assert Comment.objects.filter(pinned=True).count() == 5
    assert not Comment.objects.filter(created_at__gt=now - timedelta(hours=1)).exists()
    assert not Comment.objects.filter(created_at__lt=F("idea__created_at")).exists()
    assert not Comment.objects.filter(created_at__lt=F("parent__created_at")).exists()
    assert not Decision.objects.filter(at__gt=now - timedelta(hours=1)).exists()
    assert not Decision.objects.filter(at__lt=F("idea__created_at")).exists()
    said = Activity.objects.filter(
        kind__in=["comment.posted", "answer.posted", "status.changed", "idea.edited"]
    )
    assert not said.filter(at__gt=now - timedelta(hours=1)).exists()


def test_nobody_is_told_of_what_has_always_been_there(loaded):
    told = Activity.objects.filter(dispatched_at=None, brand__isnull=False)
    assert set(told.values_list("kind", flat=True)) <= {"key.created"}


def test_hot_and_top_do_not_agree(loaded):
    mio = Brand.objects.get(slug="mio")
    codes = [
        [row["code"] for row in lists.ideas_page(brand=mio, sort=sort).items]
        for sort in (Sort.HOT, Sort.TOP)
    ]
    assert codes[0] != codes[1]


def test_every_picture_is_stored_in_all_its_sizes_and_says_what_it_shows(loaded, media):
    found = list(Image.objects.select_related("idea"))
    assert len(found) > 20
    assert all(len(image.alt) > 20 for image in found)
    assert all(default_storage.exists(image.file_of(w)) for image in found for w in image.widths)
    assert all(image.idea.cover for image in found)
    covers = [challenge for challenge in Challenge.objects.all() if challenge.cover]
    assert len(covers) == 7
    assert all(challenge.cover_alt for challenge in covers)
    assert all(default_storage.exists(brand.logo.name) for brand in Brand.objects.all())
    stored = [path for path in media.rglob("*") if path.is_file()]
    assert len(stored) == sum(len(image.widths) for image in found) + 2 * 7 + 3


def test_the_pictures_are_small_and_each_is_used():
    files = list(pictures.FOLDER.glob("*.webp"))
    assert sum(path.stat().st_size for path in files) < 1_500_000
    content = "".join(path.read_text() for path in loading.CONTENT.glob("*.toml"))
    drawn = {path.stem.rpartition("-")[0] for path in files}
    assert drawn == {path.stem for path in pictures.FOLDER.glob("*.svg")}
    assert [name for name in drawn if f'"{name}"' not in content] == []


def test_the_member_has_a_story_of_her_own(loaded):
    member = User.objects.get(handle="member")
    assert Idea.objects.filter(author__user=member).exists()
    assert Comment.objects.filter(author__user=member).count() > 5
    assert set(member.participants.values_list("brand__slug", flat=True)) == set(SLUGS)


def test_the_question_of_the_first_job_takes_votes_words_and_ideas(loaded):
    question = Challenge.objects.get(brand__slug=demo_visit.BRAND, slug=demo_visit.QUESTION)
    assert {"submit", "vote", "comment"} <= state_of(question).verbs


def test_no_notice_of_the_demo_blames_a_choice_that_nobody_made(loaded):
    member = User.objects.get(handle="member")
    assert {one.outcome.code for one in deliveries_of(member).items} == {"unmailed"}


def test_the_member_finds_news_in_her_inbox_and_gets_no_mail_of_it(loaded):
    notices = Notice.objects.filter(user__handle="member").order_by("pk")
    assert notices.filter(read_at=None).count() > 2
    assert notices.exclude(read_at=None).exists()
    assert {"author", "follower"} == set(notices.values_list("reason", flat=True))
    assert not notices.filter(activity__participant__user__handle="member").exists()
    dates = list(notices.values_list("created_at", flat=True))
    assert dates == sorted(dates) == [notice.activity.at for notice in notices]
    assert not Mail.objects.exists()


def test_whoever_the_content_names_is_in_the_cast():
    cast = loading.read("people")["names"]
    names = [*cast["en"], *cast["fr"]]
    assert len(names) == len(set(names)) == 297
    for slug in SLUGS:
        text = (loading.CONTENT / f"{slug}.toml").read_text()
        table = tomllib.loads(text)
        found = [idea for one in [*table["challenges"], table["open"]] for idea in one["ideas"]]
        spoken = {idea["author"] for idea in found} | {
            comment[0] for idea in found for comment in idea.get("talk", [])
        }
        assert spoken <= {*names, "Lena Hartmann"}


def test_three_people_can_sign_in_with_the_passwords_of_the_file(var):
    known = passwords(var)
    assert sorted(known) == sorted(PERSONAS)
    for email, password in known.items():
        assert User.objects.get(email=email).check_password(password)
    assert Membership.objects.filter(user__email="manager@example.org").count() == 3
    assert list(User.objects.filter(is_staff=True).values_list("email", flat=True)) == [PERSONAS[2]]
    others = User.objects.exclude(email__in=PERSONAS)
    assert not any(user.has_usable_password() for user in others)


def test_the_page_of_another_site_has_a_key_of_its_own(var, settings):
    assert settings.PUBLIC_URL == "http://127.0.0.1:8000"
    widget = demo_file.widget_of(var / demo_file.NAME)
    key = keys.find_key(widget.key)
    assert (key.brand.slug, key.is_widget, key.origins) == ("mio", True, ["http://localhost:8001"])
    assert (widget.origin, widget.brand) == ("http://localhost:8001", "mio")
    assert Idea.objects.get(code=widget.idea).title == "Let the street borrow the parked light"
    assert Challenge.objects.filter(slug=widget.challenge, brand=key.brand).exists()
    assert widget.secret.startswith("cws_")


def test_the_key_follows_the_site_to_another_port_and_the_old_one_ends(terminal, var, settings):
    old, known = demo_file.widget_of(var / demo_file.NAME), passwords(var)
    settings.PUBLIC_URL = "http://127.0.0.1:8100"
    assert terminal("seed_demo").code == 0
    new = demo_file.widget_of(var / demo_file.NAME)
    assert (new.origin, new.idea) == ("http://localhost:8101", old.idea)
    assert keys.find_key(new.key).origins == ["http://localhost:8101"]
    assert keys.find_key(old.key) is None
    assert passwords(var) == known
    assert stat.S_IMODE((var / demo_file.NAME).stat().st_mode) == 0o600


def test_a_key_that_the_team_has_revoked_stays_revoked(terminal, var, settings):
    old = demo_file.widget_of(var / demo_file.NAME)
    keys.revoke_key(key=keys.find_key(old.key), actor=None)
    settings.PUBLIC_URL = "http://127.0.0.1:8100"
    terminal("seed_demo")
    assert demo_file.widget_of(var / demo_file.NAME) == old
    assert keys.find_key(old.key) is None


def test_a_manager_who_may_make_no_keys_any_more_gets_none(terminal, var, settings):
    old = demo_file.widget_of(var / demo_file.NAME)
    Membership.objects.filter(brand__slug="mio").update(role="analyst")
    settings.PUBLIC_URL = "http://127.0.0.1:8100"
    assert terminal("seed_demo").code == 0
    assert demo_file.widget_of(var / demo_file.NAME) == old
    assert ApiKey.objects.count() == 1
