"""What is written, changed, counted and imported, for the screenshots."""

import io
from datetime import timedelta

from django.utils import timezone

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import Brand, User
from ideas.domain import challenge_drafts, challenges, coauthors, drafts, revisions, votes
from ideas.domain.deleting import delete_idea
from ideas.domain.ideas import edit_idea, post_idea
from ideas.importers import batches, working
from ideas.models import Challenge, Idea
from tests.factories import make_challenge, make_idea, make_participant
from tests.pictures import uploaded

NEVER_ENDS = "a-name-that-never-ends-and-has-no-space-in-it-at-all-however-long-one-waits"
TERMS = "You grant a licence to use the idea. " * 40
BEFORE = (
    "The roof is a little hollow.\n\nIt drinks **rain**.\n\n- for the glass\n- for the trees\n\n"
    "Pollen is a problem that we have not solved yet."
)
AFTER = (
    "The roof is a *flat* hollow of two millimetres.\n\nIt drinks rain and dew.\n\n"
    "- for the glass\n- for the trees\n- for whoever is thirsty\n\n" + "x" * 160
)
COLUMNS = "number;titre;texte_long;date_de_creation;soutiens;auteur_adresse\n"
WANTED = ["title=titre", "external_id=number", "support=soutiens", "created=date_de_creation"]


def fill(brand: Brand, people: list[User], manager: User) -> dict[str, str]:
    """The paths of what it made, by the names of the pictures."""
    first, second = people[0], people[1]
    begin_drafts(brand, manager)
    changed = change_often(brand, first, second, manager)
    spend(brand, manager)
    own = make_idea(
        brand.challenges.get(slug="open"), author=make_participant(brand, manager),
        title="An idea that I regret, with a title that is long enough for three lines of a phone",
    )  # fmt: skip
    delete_idea(idea=own, actor=manager)
    signed, letter = sign_together(brand, manager, second)
    made = {"changed": f"/i/{changed.code}", "code": changed.code, "own": f"/i/{signed.code}"}
    made["deleted"] = f"/i/{own.code}"
    made["sign"] = f"/i/{signed.code}/authors/{letter}/"
    made["stop"] = f"/desk/{brand.slug}/people/{make_participant(brand, first).ref}/stop/"
    return made | plan(brand, manager) | import_twice(brand, manager) | embed(brand, manager)


def begin_drafts(brand: Brand, member: User) -> None:
    titles = {"A bench that warms": "It is cold.", "": NEVER_ENDS * 3, "Ein " + NEVER_ENDS: ""}
    for title, body in titles.items():
        words = drafts.Words(title=title, body=body, challenge="street", language="en")
        drafts.store(brand=brand, user=member, name=drafts.new_name(), words=words)


def change_often(brand: Brand, author: User, other: User, manager: User) -> Idea:
    """Six pictures, four versions, co-authors asked in both ways."""
    participant = make_participant(brand, author)
    pictures = [
        uploaded(brand, participant, size=size, alt=alt)
        for size, alt in [
            ((900, 600), "A roof"), ((300, 900), ""), ((1200, 300), "Long " * 20),
            ((640, 640), "Square"), ((80, 60), "Tiny"), ((1600, 1200), "Large"),
        ]
    ]  # fmt: skip
    idea = post_idea(
        challenge=brand.challenges.get(slug="open"), author=participant, language="en",
        title="The hollow roof", body=BEFORE, tags=["rain", "roof"],
        images=[one.code for one in pictures],
    )  # fmt: skip
    for whom in (f"@{other.handle}", f"{NEVER_ENDS[:60]}@example.org"):
        coauthors.invite(idea=idea, whom=whom, actor=author)
    coauthors.accept(row=coauthors.invitations_of(idea)[0], user=other)
    edit_idea(idea=idea, actor=author, body=AFTER, tags=["rain", "dew"])
    edit_idea(idea=idea, actor=other, title="The flat roof that drinks whatever falls on it")
    edit_idea(idea=idea, actor=manager, body=AFTER + "\n\n## Answer\n\nWe measured it.")
    for number in (2, 3):
        edit_idea(idea=idea, actor=author, language="fr" if number == 2 else "en")
    why = "It insulted somebody who had asked a question. " * 4
    revisions.set_hidden(idea=idea, number=3, hidden=True, actor=manager, reason=why)
    return idea


def sign_together(brand: Brand, author: User, other: User) -> tuple[Idea, str]:
    """An idea of the one who looks, with somebody who was asked by name, and one by address: the
    secret of that letter.
    """
    idea = make_idea(
        brand.challenges.get(slug="open"), author=make_participant(brand, author),
        title="A bell that only the deaf one does not hear", tags=["bell"],
    )  # fmt: skip
    coauthors.invite(idea=idea, whom=f"@{other.handle}", actor=author)
    letter = coauthors.invite(idea=idea, whom=f"{NEVER_ENDS[:60]}@example.org", actor=author)
    return idea, letter.secret


def spend(brand: Brand, member: User) -> None:
    few = make_challenge(brand, slug="few", title="What first?", budget=7, budget_period="month")
    for title in ("Less noise", NEVER_ENDS, "Mehr Schatten an jeder Haltestelle der Linie 7"):
        idea = make_idea(few, title=title)
        for value in (1, 0, 1):
            votes.cast_as_user(code=idea.code, user_id=member.pk, value=value)


def plan(brand: Brand, manager: User) -> dict[str, str]:
    """A question that is written, and one whose rules were changed in the open."""
    draft = make_challenge(
        brand, slug="draft", title="Wie still darf es sein? " * 4, published=False
    )
    now = timezone.now()
    phases = [
        {"title": "Collect, for as long as it takes to hear everybody", "verbs": ["submit", "vote"],
         "opens_at": now, "closes_at": now + timedelta(days=9)},
        {"title": "Choose", "verbs": ["vote", "comment"], "hides_counts": True,
         "opens_at": now + timedelta(days=8), "closes_at": now + timedelta(days=20)},
    ]  # fmt: skip
    challenge_drafts.save_draft(
        challenge=draft, actor=manager, words={"body": BEFORE}, phases=phases,
        rules={"mode": "points", "max_points": 5, "budget": 20, "licence": TERMS},
    )  # fmt: skip
    ruled = Challenge.objects.get(brand=brand, slug="street")
    reason = "Old ideas stood on top for ever, and new ones were never read."
    challenges.change_rules(
        challenge=ruled, actor=manager, reason=reason, half_life=timedelta(days=3), budget=10
    )
    challenges.change_rules(challenge=ruled, actor=manager, reason="Again.", licence=TERMS)
    return {"draft": f"/desk/{brand.slug}/challenges/draft/"}


def import_twice(brand: Brand, manager: User) -> dict[str, str]:
    """One file whose columns wait to be chosen, one that is in, with a remark on many lines."""
    lines = "".join(
        f"{n};{'' if n % 4 == 0 else f'Une idée de plus, la {n}e'};Oui;31/01/2025;"
        f"{'beaucoup' if n % 5 == 0 else n * 7};p{n}@example.org\n"
        for n in range(1, 40)
    )
    made = {}
    for name in ("import-draft", "import-done"):
        batch = batches.prepare(
            brand=brand, challenge=brand.challenges.get(slug="open"), actor=manager,
            file=io.BytesIO((COLUMNS + lines).encode()), file_name=f"{name}-{NEVER_ENDS}.csv",
            said=WANTED, date_format="%d/%m/%Y",
        )  # fmt: skip
        made[name] = f"/desk/{brand.slug}/imports/{batch.code}/"
    working.run_to_end(working.taken_on(batches.start, batch=batch, actor=manager))
    return made


def embed(brand: Brand, manager: User) -> dict[str, str]:
    _row, key, _secret = keys.create_key(
        brand=brand, name="The site of the car", scopes=[Scope.WIDGET], rate=0, actor=manager,
        origins=["https://www.example.org", f"https://{NEVER_ENDS[:50]}.example.org"],
    )  # fmt: skip
    _old, _key, _secret = keys.create_key(
        brand=brand, name=NEVER_ENDS[:60], scopes=[Scope.READ], rate=100, actor=manager, origins=[]
    )
    return {"widget": key}
