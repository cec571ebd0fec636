"""A long, ugly discussion for the screenshots."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F

from accounts.models import User
from ideas.domain.comments import answer, delete, post, set_hidden
from ideas.domain.decisions import set_status
from ideas.domain.follows import follow
from ideas.domain.reports import report
from ideas.enums import DeclineReason, Status
from ideas.models import Comment, Decision, Idea
from tests.factories import make_participant

WORDS = [
    "I would use this every day. My daughter asks why the car is silent and the tram is not.",
    "**Non.** Le toit pèse déjà 80 kg.\n\n1. Qui nettoie le filtre ?\n2. Le gel ?\n\n> Dix litres",
    "شكراً جزيلاً! هذه فكرة رائعة، لكن من سينظف المرشح في الصيف؟",
    "👩‍👩‍👧‍👦🚗💨🌧️ 🎉🎉🎉",
    "https://example.org/a/very/long/address/" + "without-a-break-" * 12,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "```\nlitres = area * rain\n" + "print(litres) " * 12 + "\n```",
]
ESSAY = "\n\n".join([f"## {n}\n\n" + "Water finds its way, and so do we. " * 24 for n in range(6)])
WHY = (
    "We measured twelve roofs through one winter. The filter froze on **nine** of them, and the "
    "heating it takes costs more range than the water saves.\n\nWhat we keep from it: the hollow "
    "in the roof, which now leads the rain away from the doors."
)


def fill(idea: Idea, people: Sequence[User], manager: User) -> None:
    """A thread six deep, an essay, what is hidden and deleted, answers and a road of four steps."""
    authors = [make_participant(idea.brand, person) for person in people]
    parent: Comment | None = None
    for n, words in enumerate(WORDS[:6]):
        parent = post(idea=idea, author=authors[n % len(authors)], body=words, parent=parent)
    first = Comment.objects.filter(idea=idea).order_by("id")[0]
    post(idea=idea, author=authors[7], body="And in Lapland?", parent=first)
    post(
        idea=idea, author=None, official=True, actor=manager, parent=first,
        body="In Lapland it is a *sledge*. We come back to you in May.",
    )  # fmt: skip
    post(idea=idea, author=authors[2], body=ESSAY)
    post(idea=idea, author=authors[5], body=WORDS[6])
    hidden = post(idea=idea, author=authors[6], body="Something that nobody should read.")
    post(idea=idea, author=authors[1], body="What was it?", parent=hidden)
    set_hidden(comment=hidden, hidden=True, actor=manager, reason="It insulted somebody.")
    for reporter in authors[3:5]:
        detail = WORDS[1] * 3
        report(idea=idea, comment=first, reporter=reporter, reason="off_topic", detail=detail)
    regretted = post(idea=idea, author=authors[3], body="Regretted")
    delete(comment=regretted, actor=people[3])
    for words in ("Thank you! We look at it until March.", "March was optimistic.", WHY):
        answer(idea=idea, body=words, actor=manager)
    Comment.objects.filter(idea=idea).update(created_at=F("created_at") - timedelta(hours=30))
    steps = [(Status.UNDER_REVIEW, ""), (Status.PLANNED, "In the next winter test.")]
    for status, message in steps:
        set_status(idea=idea, status=status, actor=manager, message=message)
    reason = DeclineReason.TOO_COSTLY
    set_status(idea=idea, status=Status.DECLINED, actor=manager, reason=reason, message=WHY)
    Decision.objects.filter(idea=idea).update(at=F("at") - timedelta(days=3))
    post(idea=idea, author=authors[0], body="So that is that. Thank you for the figures.")
    follow(idea=idea, participant=authors[0])
