"""What the fuzzer finds on its site. Run as a module on a site; prints names and credentials."""

import json

import tests.begin  # noqa: F401 - Django first

# isort: split
from django.conf import settings
from django.test import Client

from accounts.domain import keys, tokens
from accounts.domain.teams import add_member
from accounts.enums import Role, Scope
from accounts.models import Brand, Participant, User
from ideas.domain import comments
from ideas.enums import Mode
from ideas.models import Challenge, Idea
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
)

CSRF_TOKEN = "a" * 32
OF_EACH = 8  # ideas of each author: the fuzzer deletes, too


def main() -> dict[str, str]:
    zoe, bob = make_user("Zoe"), make_user("Bob")
    brand = make_brand("mio", name="Mio Motors")
    add_member(brand=brand, user=bob, role=Role.MANAGER)
    street = make_challenge(brand, slug="street", budget=1000)
    marks = make_challenge(brand, slug="marks", mode=Mode.POINTS, max_points=5, licence="CC BY-SA")
    made = [
        idea
        for author in (make_participant(brand, zoe), make_participant(brand, bob))
        for idea in written(author, street, marks)
    ]
    said = [comments.post(idea=idea, author=idea.author, body="In winter?").code for idea in made]
    said += [comments.answer(idea=idea, body="Soon.", actor=bob).code for idea in made[:OF_EACH]]
    return credentials(brand, zoe, bob) | {
        "ideas": " ".join(idea.code for idea in made),
        "comments": " ".join(said),
    }


def written(author: Participant, street: Challenge, marks: Challenge) -> list[Idea]:
    ideas = [make_idea(street, author=author, tags=["light"]) for _n in range(OF_EACH - 2)]
    return ideas + [make_idea(marks, author=author, accept_licence=True) for _n in range(2)]


def credentials(brand: Brand, zoe: User, bob: User) -> dict[str, str]:
    scopes = [Scope.READ, Scope.WRITE, Scope.VOTE]
    secret = keys.create_key(brand=brand, scopes=scopes, origins=[], rate=0, actor=None)[1]
    widget = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=["https://shop.example"], rate=0, actor=None
    )
    return {
        "member": tokens.create_token(user=zoe),
        "browser": cookies_of(zoe),
        "manager": tokens.create_token(user=bob),
        "key": secret,
        "widget": widget[1],
        "signing": widget[2],
    }


def cookies_of(user: User) -> str:
    """Those of the user's browser."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    names = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    return f"{names[0]}={session}; {names[1]}={CSRF_TOKEN}"


if __name__ == "__main__":
    print(json.dumps(main()))  # noqa: T201 - what the test reads
