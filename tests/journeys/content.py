"""A small lively brand for the journeys. Run as a module on a site; prints what the tests need."""

import io
import json
import sys

import tests.begin  # noqa: F401 - Django first

# isort: split
from accounts.domain import keys
from accounts.domain.stopping import stop
from accounts.domain.teams import add_member
from accounts.enums import Role, Scope
from accounts.models import Brand, Participant, User
from ideas.domain import comments, images, reports
from ideas.domain.decisions import set_status
from ideas.importers import batches, working
from ideas.models import Challenge, Idea
from notifications.domain import subscriptions
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
)
from tests.mail import free_port
from tests.pictures import uploaded
from web.links import idea_path

HOSTILE = "</script><img src=x onerror=alert(1)>\u2028`${alert(2)}`"


def main() -> dict[str, str]:
    alice = make_user("Alice", email="alice@example.org")
    rita = make_user("Rita", email="rita@example.org")
    charlie = make_user("Charlie", email="charlie@example.org")
    make_user("Zoe", email="zoe@example.org")
    make_user("Dora", email="dora@example.org")
    make_user("Nina", email="nina@example.org")
    make_user("Opal", email="opal@example.org", is_staff=True)
    brand = make_brand("mio", owner=alice, name="Mio Motors", tagline="A small car for everybody.")
    add_member(brand=brand, user=rita, role=Role.ANALYST)
    atelier = make_brand("atelier", owner=alice, name="Atelier Nord", visibility="members")
    street = make_challenge(brand, slug="street", body="Tell us.", budget=20)
    marks = make_challenge(brand, slug="marks", mode="points", max_points=5, licence="CC BY-SA")
    author = make_participant(brand, charlie)
    ideas = {
        "roof": make_idea(
            street, author=author, title="A roof that drinks the rain", tags=["rain"]
        ),
        "horn": make_idea(street, author=author, title="A horn that says thank you", body="*Oh*"),
        "desk": make_idea(marks, author=author, title="A desk that folds", accept_licence=True),
        "both": make_idea(brand.challenges.get(slug="open"), author=author, title="More shade"),
    }
    put_pictures(ideas["both"], 3)
    paths = {name: idea_path(idea.code, idea.title) for name, idea in ideas.items()}
    paths |= embedded() | imports(street, alice) | long_words(alice)
    return paths | discussion(atelier, alice, make_participant(atelier, charlie))


def long_words(manager: User) -> dict[str, str]:
    """A brand of words that end nowhere, in the colour that is hardest to read."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte"
    brand = make_brand("lang", owner=manager, name=word[:60], tagline=word * 2, colour="#ffd500")
    question = make_challenge(brand, slug="lang", title=f"{word}?", mode="up_down", body=word * 3)
    author = make_participant(brand, make_user(word[:40], email="lang@example.org"))
    idea = make_idea(question, author=author, title=word * 4, body=word * 9, tags=[word[:40]])
    return {"long": idea_path(idea.code, idea.title)}


def put_pictures(idea: Idea, number: int) -> None:
    codes = [
        uploaded(idea.brand, idea.author, size=(900, 600), alt=f"Shade {n}").code
        for n in range(1, number + 1)
    ]
    images.attach(idea=idea, codes=codes, uploader=idea.author)


def imports(challenge: Challenge, manager: User) -> dict[str, str]:
    """One file whose columns wait to be chosen, one that is checked and in, with a remark."""
    lines = b"id;titre;created;votes\n1;A bench that warms;31/01/2025;3\n2;;01/02/2025;many\n"
    both = {}
    for name in ("import_draft", "import_done"):
        batch = batches.prepare(
            brand=challenge.brand, challenge=challenge, file=io.BytesIO(lines), actor=manager,
            file_name=f"{name}-with-a-name-that-never-ends-and-has-no-space-in-it.csv",
        )  # fmt: skip
        both[name] = f"/desk/{challenge.brand.slug}/imports/{batch.code}/"
    working.run_to_end(working.taken_on(batches.start, batch=batch, actor=manager))
    return both


def embedded() -> dict[str, str]:
    """A brand whose ideas a page of another site shows, and what that page has for it."""
    gail = make_user("Gail", email="gail@example.org")
    brand = make_brand("garden", owner=gail, name="Garden Club")
    origin = f"http://localhost:{free_port()}"
    _row, key, secret = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=[origin], rate=0, actor=None
    )
    club = make_challenge(brand, slug="club", title="What should the club be like?")
    marks = make_challenge(brand, slug="marks", mode="points", max_points=3, budget=4)
    places = make_challenge(brand, slug="places", title="Where to sit?", mode="up_down")
    titles = {
        "hostile": HOSTILE, "closing": "A door that closes", "lost": "A room without a window",
        "tea": "Tea at five", "returned": "A porch to come back to", "over": "A long evening",
    }  # fmt: skip
    author = make_participant(brand, gail)
    own = {name: make_idea(club, author=author, title=title) for name, title in titles.items()}
    own["points"] = make_idea(marks, author=author, title="A shed with a stove")
    for title in ("Under the lime tree", "At the bus stop", "By the river", "Nowhere"):
        own["seat"] = make_idea(places, author=author, title=title)
    codes = {f"embed_{name}": idea.code for name, idea in own.items()}
    return codes | {"host": origin, "widget_key": key, "widget_secret": secret}


def discussion(brand: Brand, manager: User, member: Participant) -> dict[str, str]:
    """An idea with all that people and a team do: answered, declined, reported."""
    idea = make_idea(brand.challenges.get(slug="open"), author=member, title="A lathe for all")
    said = comments.post(idea=idea, author=member, body="And a **kiln**?")
    own = comments.post(
        idea=idea, author=make_participant(brand, manager), body="Which one?", parent=said
    )
    comments.answer(idea=idea, body="We looked at *three*.", actor=manager)
    why = "Three lathes cost more than all that we have for this year."
    set_status(idea=idea, status="declined", actor=manager, reason="too_costly", message=why)
    neighbour = make_participant(brand)
    reports.report(idea=idea, comment=said, reporter=neighbour, reason="spam", detail="Again.")
    stop(participant=neighbour, actor=manager, reason="The same words in twelve places.")
    return {
        "talk": idea_path(idea.code, idea.title),
        "about": f"/i/{idea.code}",
        "said": said.code,
        "own_words": f"/i/{idea.code}/comments/{own.code}/edit/",
        "at_desk": f"/desk/{brand.slug}/ideas/{idea.code}/",
        "stop": f"/desk/{brand.slug}/people/{member.ref}/stop/",
        "unsubscribe": f"/unsubscribe/{subscriptions.of(manager, brand).token}/?idea={idea.code}",
    }


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
