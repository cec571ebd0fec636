"""R17–R20: votes go on, exactly, while Valkey is stopped, hung, flushed, emptied and full."""

import json
import time

import pytest
import redis

from tests.faults.whole import Browser, Crowd, WholeSite, program_of, wait_until

pytestmark = pytest.mark.faults

SLOWER_AT_MOST = 1.0  # seconds that a vote, a post or a sign-in may take longer
GOOD = {200, 201}
CODE_PAGE = "/accounts/confirm-email/"


@pytest.fixture
def site(private_stack):
    site = WholeSite(private_stack)
    try:
        site.start()
        yield site
    finally:
        site.stop()


def people_go_on(site, name):
    """Somebody signs in, an idea is posted, a page is read. Seconds of each."""
    asked = {
        "read": lambda: Browser(site).ask("GET", "/b/mio/"),
        "sign in": lambda: sign_in(Browser(site), site),
        "post": lambda: program_of(site).ask(
            "POST",
            "/api/v1/brands/mio/ideas/",
            json.dumps({"challenge": "street", "title": f"A roof that drinks the rain, {name}"}),
        ),
    }
    seconds = {}
    for what, ask in asked.items():
        began = time.monotonic()
        status, _headers, text = ask()
        seconds[what] = round(time.monotonic() - began, 2)
        assert status in {200, 201, 302}, (what, status, text)
    print(f"{name}: {seconds}")  # noqa: T201
    return seconds


def sign_in(browser, site):
    fields = {"login": site.board["member"], "password": site.board["password"]}
    return browser.fill("/accounts/login/", **fields)


def signs_up(site, name):
    """A browser that waits for its code."""
    browser = Browser(site)
    status, headers, _text = browser.fill(
        "/accounts/signup/",
        display_name=name,
        email=f"{name}@example.org",
        password1="a long enough one",
    )
    assert (status, headers["Location"]) == (302, CODE_PAGE)
    return browser


def all_votes_stand(site, crowd):
    """I1–I4, once the tally has come back by itself."""
    began = time.monotonic()
    wait_until(site.folded, "the tally did not come back by itself")
    print(f"all folded {time.monotonic() - began:.1f} s after the last vote")  # noqa: T201
    print(f"started again: {site.ended}")  # noqa: T201
    assert set(site.ended) <= {"worker", "tally"}
    assert site.words_that_differ(crowd) == {}
    site.run("manage.py", "verify_tallies")
    votes = sum(sum(found["answers"].values()) for found in crowd.phases.values())
    print(f"{votes} votes answered, 0 lost, {crowd.unanswered} unanswered")  # noqa: T201


def answers_of(crowd):
    return set().union(*(found["answers"] for found in crowd.phases.values()))


def one_mail_arrives(site, name):
    address = f"{name}@example.org"
    wait_until(lambda: site.mail.to(address), "the mail did not follow")
    time.sleep(6)  # a sweep
    assert len(site.mail.to(address)) == 1


@pytest.mark.parametrize("fault", ["stopped", "hung"])
def test_r18_r19_votes_posts_and_sign_in_go_on_while_valkey_is_away(site, fault):
    away = {"stopped": site.stack.valkey.kill, "hung": site.hang}[fault]
    back = {"stopped": site.stack.valkey.start, "hung": site.wake}[fault]
    with Crowd(site) as crowd:
        crowd.spend("warm", 2)
        crowd.spend("up", 10)
        usual = people_go_on(site, "up")
        away()
        crowd.spend(fault, 25)
        now = people_go_on(site, fault)
        waiting = signs_up(site, fault)
        status, headers, text = waiting.fill(CODE_PAGE, code="XXX-XXX")
        assert (status, headers["Retry-After"]) == (503, "5"), text
        back()
        crowd.spend("back", 10)
    crowd.report()
    assert answers_of(crowd) <= GOOD
    assert crowd.unanswered == 0
    assert max(crowd.phases[fault]["seconds"]) < max(crowd.phases["up"]["seconds"]) + SLOWER_AT_MOST
    assert all(now[what] < usual[what] + 2 * SLOWER_AT_MOST for what in now)  # signing in: 2 pages
    all_votes_stand(site, crowd)
    one_mail_arrives(site, fault)


def test_r17_votes_and_sessions_survive_a_valkey_that_is_killed_emptied_and_flushed(site):
    member = Browser(site)
    assert sign_in(member, site)[0] == 302
    with Crowd(site) as crowd:
        crowd.spend("up", 5)
        for n in range(3):
            site.empty_restart()
            crowd.spend(f"emptied {n + 1}", 4)
            site.valkey().flushall()
            crowd.spend(f"flushed {n + 1}", 4)
        signs_up(site, "after")
    crowd.report()
    assert answers_of(crowd) <= GOOD
    assert crowd.unanswered == 0
    assert member.ask("GET", "/me/")[0] == 200
    all_votes_stand(site, crowd)
    one_mail_arrives(site, "after")


def test_r20_votes_go_on_while_valkey_is_full(site):
    valkey = site.valkey()
    with Crowd(site) as crowd:
        crowd.spend("up", 5)
        valkey.config_set("maxmemory", "2mb")
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            for n in range(10_000):
                valkey.set(f"ballast:{n}", "x" * 10_000)
        crowd.spend("full", 15)
        people_go_on(site, "full")
        signs_up(site, "full")
        valkey.config_set("maxmemory", "0")
        crowd.spend("roomy", 10)
    crowd.report()
    assert answers_of(crowd) <= GOOD
    assert crowd.unanswered == 0
    all_votes_stand(site, crowd)
    one_mail_arrives(site, "full")
