"""The demo: once, only where nobody is, and with passwords that nobody else knows."""

import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity, Brand, Membership, User
from cocreate.domain import demo
from ideas.access import challenges_of
from ideas.domain import coauthors, lists, tally
from ideas.domain.challenges import state_of
from ideas.domain.statuses import DEFAULT
from ideas.enums import Mode, Sort, Source, Verb
from ideas.models import Challenge, Comment, Decision, Idea, OrderVersion, Score, Vote
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

PERSONAS = ["member@example.org", "manager@example.org", "operator@example.org"]


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR


@pytest.fixture
def loaded(terminal, var):
    assert terminal("seed_demo").code == 0


def passwords(var):
    lines = (var / "demo-accounts.txt").read_text().splitlines()
    return dict(line.split()[:2] for line in lines if "@" in line)


def test_the_demo_has_what_a_newcomer_should_see(loaded):
    assert list(Brand.objects.order_by("slug").values_list("slug", "language")) == [
        ("au-coin", "fr"),
        ("mio", "en"),
    ]
    assert (Idea.objects.count(), User.objects.count()) == (24, 43)
    assert Vote.objects.count() > 300
    street = Challenge.objects.get(slug="street")
    assert [phase.title for phase in state_of(street).phases] == ["Collect", "Refine", "Choose"]
    assert state_of(street).current.title == "Refine"
    modes = {challenge.rules.mode for challenge in Challenge.objects.select_related("rules")}
    assert modes == {Mode.UP, Mode.UP_DOWN, Mode.POINTS}
    assert Idea.objects.exclude(status="submitted").count() > 5


def test_the_rules_of_a_question_changed_on_the_way_and_the_log_says_why(loaded):
    first, second = Challenge.objects.get(slug="street").versions.order_by("version")
    assert (first.half_life.days, second.half_life.days) == (30, 14)
    assert second.reason
    assert first.created_at < second.created_at < timezone.now() - timedelta(days=20)


def test_a_draft_waits_for_the_team_alone(loaded):
    draft = Challenge.objects.get(slug="colours")
    assert not draft.is_published
    assert draft not in challenges_of(draft.brand)


def test_an_idea_is_signed_by_three_people(loaded):
    roof = Idea.objects.get(title__startswith="Le toit")
    assert [person.name for person in coauthors.of(roof)] == ["Rosa Jiménez", "Tom Okafor"]


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


def test_votes_are_peoples_own_dated_and_true(loaded):
    assert set(Vote.objects.values_list("source", flat=True)) == {Source.SELF}
    assert not Score.objects.exclude(imported=0).exists()
    assert Vote.objects.dates("at", "day").count() > 20
    assert not [
        vote for vote in Vote.objects.select_related("idea") if vote.at < vote.idea.created_at
    ]
    assert tally.verify() == []


def test_people_have_talked_and_the_brands_have_answered_long_ago(loaded):
    now = timezone.now()
    assert Comment.objects.filter(official=False).count() > 10
    assert Comment.objects.filter(pinned=True).count() == 3
    assert not Comment.objects.filter(created_at__gt=now - timedelta(hours=1)).exists()
    assert not Decision.objects.filter(at__gt=now - timedelta(hours=1)).exists()
    said = Activity.objects.filter(kind__in=["comment.posted", "answer.posted", "status.changed"])
    assert not said.filter(at__gt=now - timedelta(hours=1)).exists()
    declined = Idea.objects.get(status="declined")
    assert (declined.closed, declined.decisions.get().reason) == (True, "not_allowed")
    assert set(Idea.objects.values_list("status", flat=True)) <= set(DEFAULT.steps)


def test_nobody_is_told_of_what_has_always_been_there(loaded):
    waiting = Activity.objects.filter(subject_kind="idea", dispatched_at=None)
    assert not waiting.exists()


def test_hot_and_top_do_not_agree(loaded):
    mio = Brand.objects.get(slug="mio")
    codes = [
        [row["code"] for row in lists.ideas_page(brand=mio, sort=sort).items]
        for sort in (Sort.HOT, Sort.TOP)
    ]
    assert codes[0] != codes[1]


def test_three_people_can_sign_in_with_the_passwords_of_the_file(loaded, var):
    known = passwords(var)
    assert sorted(known) == sorted(PERSONAS)
    for email, password in known.items():
        assert User.objects.get(email=email).check_password(password)
    assert Membership.objects.filter(user__email="manager@example.org").count() == 2
    assert list(User.objects.filter(is_staff=True).values_list("email", flat=True)) == [PERSONAS[2]]
    others = User.objects.exclude(email__in=PERSONAS)
    assert not any(user.has_usable_password() for user in others)


def test_the_file_is_its_owners_alone(loaded, var):
    assert stat.S_IMODE((var / "demo-accounts.txt").stat().st_mode) == 0o600


def test_no_password_is_printed(terminal, var):
    run = terminal("seed_demo")
    assert not [password for password in passwords(var).values() if password in run.out + run.err]


def test_a_second_time_changes_nothing(terminal, var):
    terminal("seed_demo")
    before = (passwords(var), list(Vote.objects.order_by("pk").values()), User.objects.count())
    again = terminal("seed_demo")
    assert (again.code, again.out) == (0, "No demo loaded: this install is in use.\n")
    assert (
        passwords(var),
        list(Vote.objects.order_by("pk").values()),
        User.objects.count(),
    ) == before
    assert terminal("seed_demo", "--verbosity=0").out == ""


def test_an_install_that_somebody_uses_gets_no_demo(terminal, var):
    make_user()
    run = terminal("seed_demo")
    assert (run.code, Brand.objects.count()) == (0, 0)
    assert not var.exists()


def test_a_demo_that_cannot_be_finished_leaves_nothing(terminal, var, tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="exists"):
        demo.load(folder=var)
    assert demo.is_empty()
    assert not Idea.objects.exists()
