"""A fuzzer holds a running site against its own schema, as each kind of caller.

Run by hand, at most a minute for each caller on two idle cores: `./run test -m contract`.
All its checks but one: a schema cannot say which cursor, which code of a picture or which step of a
status is good today, so that a refusal (4xx) of what it allows is no fault. What it must allow and
refuse is in tests/api/test_schema.py.
"""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from tests.site import Site
from tests.source import ROOT

pytestmark = pytest.mark.contract

FUZZER = ROOT / ".venv" / "bin" / "schemathesis"
EXAMPLES, SEED = 10, 1  # of each endpoint, beside those of its phases "examples" and "coverage"
CALLERS = ["visitor", "member", "browser", "manager", "key", "widget", "session"]
NOT_OURS = "positive_data_acceptance"

# Nine of ten names are of something that is there, or all would be 404.
NAMES = """
[warnings]
enabled = false
[dictionaries]
ideas = {{ values = {ideas} }}
comments = {{ values = {comments} }}
brands = {{ values = ["mio"] }}
challenges = {{ values = ["street", "marks", "open"] }}
[parameters]
"path.slug" = {{ dictionary = "brands", probability = 0.9 }}
"path.challenge" = {{ dictionary = "challenges", probability = 0.9 }}
[[operations]]
include-path-regex = "/ideas/.code"
parameters = {{ "path.code" = {{ dictionary = "ideas", probability = 0.9 }} }}
[[operations]]
include-path-regex = "/comments/.code"
parameters = {{ "path.code" = {{ dictionary = "comments", probability = 0.9 }} }}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: Any) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), "tests.contract.content")
    over = threading.Event()
    try:
        site.start()
        threading.Thread(target=forget, args=(site, over), daemon=True).start()
        yield site
    finally:
        over.set()
        site.stop()


def forget(site: Site, over: threading.Event) -> None:
    """A fuzzer asks more often than any caller may: else most answers were 429."""
    while not over.wait(0.2):
        site.forget_limits()


@pytest.mark.parametrize("caller", CALLERS)
def test_every_answer_is_as_the_schema_says(site, caller, tmp_path):
    (tmp_path / "names.toml").write_text(
        NAMES.format(
            **{name: json.dumps(site.facts[name].split()) for name in ("ideas", "comments")}
        )
    )
    sent = [word for header in headers_of(site, caller) for word in ("--header", header)]
    ran = subprocess.run(
        [
            FUZZER, "--config-file", "names.toml", "run", f"{site.url}/api/v1/schema/",
            "--checks", "all", "--exclude-checks", NOT_OURS, "--max-examples", str(EXAMPLES),
            "--seed", str(SEED), "--continue-on-failure", *sent,
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(ran.stdout)  # noqa: T201 - run by hand
    assert ran.returncode == 0, ran.stdout[-8000:]


def headers_of(site: Site, caller: str) -> list[str]:
    """What each of the caller's requests brings."""
    if caller == "visitor":
        return []
    if caller == "browser":
        return [f"Cookie: {site.facts[caller]}", f"X-CSRFToken: {'a' * 32}"]
    credential = session(site) if caller == "session" else site.facts[caller]
    return [f"Authorization: Bearer {credential}"]


def session(site: Site) -> str:
    """That of somebody whom a host names."""
    now = int(time.time())
    claims = {"aud": site.url, "sub": "crm-7", "exp": now + 120, "jti": str(now)}
    headers = {"kid": site.facts["widget"]}
    token = jwt.encode(claims, site.facts["signing"], algorithm="HS256", headers=headers)
    request = urllib.request.Request(  # noqa: S310 - our own
        f"{site.url}/api/v1/widget/sessions/",
        json.dumps({"token": token}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found: str = json.load(answer)["token"]
    return found
