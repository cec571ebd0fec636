"""Loading the demo: once, only where nobody is, all of it or nothing."""

import stat

import pytest

from accounts.models import ApiKey, Brand, User
from cocreate.domain import demo, demo_file
from cocreate.domain.demo import widget
from ideas.domain import tally
from ideas.enums import Sort
from ideas.models import Attendance, Challenge, Exposure, Idea, OrderPlace, OrderVersion, Vote
from insights.domain.daily import votes_by_day
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR


def secrets_of(path):
    return [account.password for account in demo_file.accounts_of(path)] + [
        demo_file.widget_of(path).secret
    ]


def test_it_is_loaded_once_and_tells_its_secrets_to_one_file_alone(terminal, var):
    run, path = terminal("seed_demo"), var / demo_file.NAME
    assert (run.code, run.err) == (0, "")
    assert f"{Vote.objects.exclude(value=0).count()} votes" in run.out
    assert str(path) in run.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [secret for secret in secrets_of(path) if secret in run.out]
    assert tally.verify() == []
    before = (path.read_text(), list(Vote.objects.order_by("pk").values()), User.objects.count())
    again = terminal("seed_demo")
    assert (again.code, again.out) == (0, "No demo loaded: this install is in use.\n")
    assert terminal("seed_demo", "--verbosity=0").out == ""
    after = (path.read_text(), list(Vote.objects.order_by("pk").values()), User.objects.count())
    assert after == before


def test_lists_have_shown_its_ideas_and_discover_is_no_order_of_support(terminal, var):
    terminal("seed_demo")
    shown = Exposure.objects.select_related("idea__score")
    rates = [one.idea.score.support / one.views for one in shown if one.idea.score.support > 10]
    assert not [one for one in shown if one.times <= one.idea.score.support + one.idea.score.oppose]
    assert min(rates) > 0.02
    assert max(rates) < 0.5
    assert max(rates) > 2 * min(rates)
    assert not [one for one in shown if one.stored_at < one.idea.created_at]
    assert Attendance.objects.count() == shown.values("idea__challenge").distinct().count()
    version = OrderVersion.objects.get(challenge__slug="apres-19h")
    places = OrderPlace.objects.filter(version=version, sort=Sort.DISCOVER).order_by("place")
    support = [one.ups for one in places]
    assert support != sorted(support, reverse=True)
    ages = [*places.order_by("-idea__created_at").values_list("place", flat=True)]
    assert ages[0] <= 3


def test_its_figures_by_day_are_there_from_the_first_moment(terminal, var):
    terminal("seed_demo")
    asked = Challenge.objects.filter(brand__slug="mio").values_list("pk", flat=True)
    assert sum(day.supported for day in votes_by_day(list(asked), days=56)) > 500


def test_an_install_that_somebody_uses_gets_no_demo(terminal, var):
    make_user()
    run = terminal("seed_demo")
    assert (run.code, Brand.objects.count()) == (0, 0)
    assert not var.exists()


def test_a_demo_that_cannot_be_finished_leaves_nothing(var, tmp_path, media):
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="exists"):
        demo.load(folder=var)
    assert demo.is_empty()
    assert not Idea.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_no_page_stands_beside_a_site_that_others_can_reach(terminal, var, settings):
    settings.PUBLIC_URL = "https://ideas.example"
    assert terminal("seed_demo").code == 0
    assert demo_file.widget_of(var / demo_file.NAME) is None
    assert len(demo_file.accounts_of(var / demo_file.NAME)) == 3
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8001"),
        ("http://127.0.0.1:8204", "http://localhost:8205"),
        ("http://localhost:8000", None),
        ("http://192.168.1.5:8000", None),
        ("http://127.0.0.1", None),
        ("https://127.0.0.1:8000", None),
        ("https://ideas.example", None),
    ],
)
def test_the_page_stands_beside_a_site_of_this_machine_on_the_next_port(settings, url, origin):
    settings.PUBLIC_URL = url
    assert widget.origin_beside() == origin
