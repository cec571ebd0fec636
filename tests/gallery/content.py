"""Long, ugly, real content for the screenshots. Run as a module on a site; prints the paths."""

import json
import random
import sys
from datetime import timedelta
from typing import Any

import tests.begin  # noqa: F401 - Django first

# isort: split
from django.utils import timezone

from accounts.models import Brand, User
from cocreate.lib.errors import DomainError
from ideas.domain import tally, votes
from ideas.models import Challenge, Idea
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
)
from tests.gallery import others, talk, writing
from web.links import idea_path

NAMES = [
    "Camille Morel", "Jonas Richter", "Awa Diop", "Ñandú Pérez", "Łukasz Żółć", "محمد الأمين",
    "🚲 Bike Anna", "Wolfeschlegelsteinhausenbergerdorff-Smit", "Ida", "Œdipe Lefèvre",
    "Mary-Jane O’Neill",
]  # fmt: skip
LONG = (
    "A car that waters the trees along the street while it is parked, measures the soil, tells the "
    "gardeners what each tree needs, lends its shade to whoever waits for the bus, and still is "
    "small enough to fit between two of them on Sundays, when everybody comes home from everywhere"
)
STREET = {
    "A cabin that folds into a desk": "Park, pull the wheel back, and the dashboard becomes a "
    "place to work between two trips.",
    "Le toit qui boit la pluie": "Récupérer l’eau du toit pour le lave-glace : dix litres gagnés "
    "par orage.\n\n## Comment ?\n\nUn creux de deux millimètres, une *feuille filtrante* :\n\n"
    "- laver les vitres\n- rafraîchir l’habitacle **sans moteur**\n\n> Pollen clogs any filter.",
    "Doors that open for wheelchairs": "Sliding doors, a floor at kerb height and a seat that "
    "swings out. Everyone gets in the same way.",
    "Personal sound zones": "Children hear their story, I hear the road. No headphones.",
    "Swap the battery at the baker’s": "Small packs under the seat, exchanged by hand in two "
    "minutes wherever bread is sold.",
    "A horn that says thank you": "A second, gentle sound, because most of the time we are not "
    "angry.",
    "سيارة تعطي الظل للمارة": "سقف ينفتح ليعطي الظل لمن ينتظر الحافلة في الصيف.",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft": "",
    "🚗💨 Smell of rain 🌧️ instead of diesel 👩‍👩‍👧‍👦": "Emoji must break nothing 🎉",
    LONG: "word " * 300,
}
KITCHEN = {
    "Une bouilloire qui se tait le dimanche": "Un mode silencieux, sans bip.",
    "Un grille-pain sans miettes": "Le tiroir se vide tout seul.",
    "S’il vous plaît : des boutons !": "Fini les écrans tactiles quand on a les mains mouillées.",
}
STATUSES = ["under_review", "planned", "implemented", "declined"]


def main() -> dict[str, str]:
    random.seed(3)
    people = [make_user(name, email=f"p{n}@example.org") for n, name in enumerate(NAMES)]
    alice = make_user("Alice Meyer", email="alice@example.org")
    mio, kettle = brands(alice)
    street = make_challenge(mio, **question())
    roof = fill(street, STREET, people)["Le toit qui boit la pluie"]
    points = {"mode": "points", "max_points": 5, "budget": 9}
    marks = make_challenge(mio, slug="night", title="How should it sound at night?", **points)
    mark = fill(marks, {"A hum in D": "Like a distant cello.", "Nothing at all": ""}, people)
    blind = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    fill(make_challenge(mio, slug="blind", title="Which rust?", phases=blind), STREET, people)
    doux = "Qu’est-ce qui rendrait vos matins plus doux ?"
    morning = make_challenge(kettle, slug="matin", title=doux, mode="up_down")
    fill(morning, KITCHEN, people)
    vote([*people, alice])
    known = Idea.objects.in_bulk([roof.pk, mark["A hum in D"].pk])
    long = Idea.objects.get(title=LONG, challenge=street)
    talk.fill(long, people, alice)
    quiet = Idea.objects.get(title="Personal sound zones", challenge=street)
    found = {"roof": known[roof.pk], "mark": known[mark["A hum in D"].pk]}
    found |= {"long": long, "quiet": quiet}
    paths = {name: idea_path(idea.code, idea.title) for name, idea in found.items()}
    paths |= writing.fill(mio, people, alice) | others.fill(mio, alice, quiet)
    at_desk = {"at_desk": long, "votable_at_desk": roof}
    paths |= {name: f"/desk/mio/ideas/{idea.code}/" for name, idea in at_desk.items()}
    return paths | {"about": f"/i/{long.code}"}


def brands(owner: User) -> tuple[Brand, Brand]:
    tagline = "A small car, made with everybody who will meet it on the street."
    mio = make_brand("mio", owner=owner, name="Mio Motors", tagline=tagline, hue=30)
    name, told = "La Bouilloire & Cie", "Des objets pour la cuisine, pensés avec vous."
    kettle = make_brand("bouilloire", owner=owner, name=name, tagline=told, hue=250, language="fr")
    long = "Verein für außergewöhnlich umfangreiche Markennamen und Zusammenarbeit"
    make_brand("verein", owner=owner, name=long, hue=100, language="en")
    make_brand("club", owner=owner, name="Atelier Nord", hue=200, visibility="members")
    return mio, kettle


def question() -> dict[str, Any]:
    """With a road of five steps, in the middle of it."""
    everything = ["submit", "vote", "comment"]
    days = [(-60, -21), (-21, -7), (-7, 9.2), (9.2, 40), (120, None)]
    steps = zip(["Collect", "Brief", "Refine", "Choose", "On the road"], days, strict=True)
    now = timezone.now()
    phases = [
        {
            "title": title,
            "verbs": everything if title in {"Collect", "Refine"} else ["comment"],
            "opens_at": now + timedelta(days=begin),
            "closes_at": now + timedelta(days=end) if end else None,
        }
        for title, (begin, end) in steps
    ]
    body = (
        "You told us what you want inside. Now help us shape what the car does for **everyone "
        "outside** it. We answer every idea that passes 100 supporters, within fourteen days."
    )
    title = "What should a small car give back to the street?"
    licence = "Ideas are shared under CC BY-SA 4.0.\nYou keep your name on them."
    return {"slug": "street", "title": title, "body": body, "phases": phases, "licence": licence}


def fill(challenge: Challenge, texts: dict[str, str], people: list[User]) -> dict[str, Idea]:
    made = {}
    for n, (title, body) in enumerate(texts.items()):
        author = make_participant(challenge.brand, people[n % len(people)])
        tags = ["street", "l’été", "un mot-clé avec des espaces"][: n % 4]
        made[title] = make_idea(
            challenge, author=author, title=title, body=body, tags=tags, accept_licence=True
        )
        old = timezone.now() - timedelta(hours=9 * n * n)
        status = STATUSES[n // 3] if n % 3 == 2 else "submitted"
        Idea.objects.filter(pk=made[title].pk).update(created_at=old, status=status)
    return made


def vote(people: list[User]) -> None:
    values = {"up": [1], "up_down": [1, 1, -1], "points": [1, 2, 3, 4, 5]}
    for idea in Idea.objects.select_related("challenge__rules"):
        for person in people:
            if random.random() < 0.6 and idea.challenge.rules:  # noqa: S311 - made-up votes
                value = random.choice(values[idea.challenge.rules.mode])  # noqa: S311
                try:
                    votes.cast_as_user(code=idea.code, user_id=person.pk, value=value)
                except DomainError:
                    continue  # no budget left, or no voting now
    tally.fold_until_settled()


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
