"""Brands, people, questions, ideas and talk, as lines for COPY."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from tempfile import TemporaryFile
from typing import IO

from django.contrib.auth.hashers import make_password

from cocreate.lib.mailboxes import mailbox_key
from cocreate.load import tables
from cocreate.load.plan import (
    COMMENTS,
    DECISIONS,
    IDEAS,
    UNVERIFIED,
    Challenge,
    Idea,
    Plan,
    code_of,
)
from cocreate.load.tables import blocks, line
from cocreate.load.texts import Pens
from cocreate.load.words import lists_of
from cocreate.load.writing import Dictionary, plain

DOMAIN = "load.invalid"  # no mail can go there
BRAND_HALF_LIFE = 30
COMMENTS_PER_IDEA, REPLIES, ANSWERED = 0.6, 0.35, 0.5
DEEPEST = 4
# How an idea came to its status.
ROADS = {
    "under_review": ["under_review"],
    "planned": ["under_review", "planned"],
    "in_progress": ["under_review", "planned", "in_progress"],
    "implemented": ["under_review", "planned", "in_progress", "implemented"],
    "partly_implemented": ["under_review", "planned", "partly_implemented"],
    "already_offered": ["already_offered"],
    "declined": ["under_review", "declined"],
    "archived": ["archived"],
}
REASONS = ["not_feasible", "too_costly", "out_of_scope", "already_done", "little_support", "other"]
VERBS = '{"submit","vote","comment"}'
BRAND = "id slug name tagline visibility language hue half_life created_at"
RULES = (
    "id challenge_id version mode max_points budget budget_period half_life licence created_by_id"
    " created_at"
)
PHASE = "rules_id place title opens_at closes_at verbs hides_counts"
CHALLENGE = "id brand_id slug title body language rules_id published_at created_at"
USER = "id password is_superuser email handle display_name language is_active is_staff"
IDEA = (
    "id brand_id challenge_id code author_id title body language tags status closed hidden licence"
    " revision shuffle created_at updated_at"
)
COMMENT = (
    "id brand_id idea_id code author_id actor_id parent_id thread path body official pinned hidden"
    " created_at"
)
DECISION = "id brand_id idea_id code before after reason message actor_id at"
ENGLISH_OPEN, FRENCH_OPEN = "What should {} do next?", "Que doit faire {} ensuite ?"


@dataclass
class Talk:
    """A comment, or an answer of the brand."""

    idea: Idea
    at: datetime
    official: bool = False


def fill_brands(plan: Plan, write: Pens) -> int:
    """With their owners, questions, rules and phases."""
    chance = Random(f"brands/{plan.seed}")  # noqa: S311 - made-up data
    names = list(_brand_names(plan, chance))
    count = tables.copy("accounts_brand", BRAND, blocks(
        line(b.id, f"load-{b.id}", name, "", "public", b.language, chance.randrange(360),
             f"{BRAND_HALF_LIFE} days", b.born)
        for b, name in zip(plan.brands, names, strict=True)
    ))  # fmt: skip
    tables.copy(
        "accounts_membership", "brand_id user_id role created_at",
        blocks(line(b.id, b.user(0), "owner", b.born) for b in plan.brands),
    )  # fmt: skip
    _fill_questions(plan, write, names)
    return count


def _brand_names(plan: Plan, chance: Random) -> Iterator[str]:
    for brand in plan.brands:
        lists = lists_of(brand.language)
        name = chance.choice(lists["syllables"]) + chance.choice(lists["endings"])
        yield f"{chance.choice(lists['firms'])} {name.capitalize()}"


def _fill_questions(plan: Plan, write: Pens, names: list[str]) -> None:
    languages = [plan.brands[one.brand - 1].language for one in plan.challenges]
    asked = write("words", [(language, "questions") for language in languages])
    titles = [
        _title(one, names, language, question)
        for one, language, question in zip(plan.challenges, languages, asked, strict=True)
    ]
    tables.copy("ideas_challenge", CHALLENGE, blocks(
        line(c.id, c.brand, f"question-{c.id}" if c.closes else "open", title, "", language, c.id,
             c.opens, c.opens)
        for c, title, language in zip(plan.challenges, titles, languages, strict=True)
    ))  # fmt: skip
    tables.copy("ideas_rules", RULES, blocks(
        line(c.id, c.id, 1, c.mode, c.max_points, 5 if c.budgeted else None, "challenge",
             f"{c.half_life} days", "", plan.brands[c.brand - 1].user(0), c.opens)
        for c in plan.challenges
    ))  # fmt: skip
    phases = (row for c, language in zip(plan.challenges, languages, strict=True)
              for row in _phases(c, language))  # fmt: skip
    tables.copy("ideas_phase", PHASE, blocks(phases))


def _title(challenge: Challenge, names: list[str], language: str, question: str) -> str:
    if challenge.closes:
        return question
    return (FRENCH_OPEN if language == "fr" else ENGLISH_OPEN).format(names[challenge.brand - 1])


def _phases(challenge: Challenge, language: str) -> list[str]:
    always, collect, choose = (
        ("Ouvert", "Proposer", "Choisir") if language == "fr" else ("Open", "Collect", "Choose")
    )
    if challenge.closes is None:
        return [line(challenge.id, 0, always, None, None, VERBS, "f")]
    middle = challenge.collects_until
    return [
        line(challenge.id, 0, collect, challenge.opens, middle, VERBS, "f"),
        line(challenge.id, 1, choose, middle, challenge.closes, '{"vote","comment"}',
             "t" if challenge.hides else "f"),
    ]  # fmt: skip


def fill_people(plan: Plan, dictionary: Dictionary, passwords: dict[int, str]) -> int:
    """Into `load_user`: when they came is known once they have done something."""
    chance = Random(f"people/{plan.seed}")  # noqa: S311 - made-up data
    people = list(_people(plan, dictionary, chance))
    hashes = {user: make_password(password) for user, password in passwords.items()}
    count = tables.copy("load_user", USER, blocks(
        line(user, hashes.get(user, "!load"), "f", address, handle, name, language, "t", "f")
        for user, address, handle, name, language in people
    ))  # fmt: skip
    tables.copy("account_emailaddress", "user_id email verified primary", blocks(
        line(user, address, "f" if user % UNVERIFIED == 0 else "t", "t")
        for user, address, *_rest in people
    ))  # fmt: skip
    tables.copy("accounts_mailbox", "key user_id proved_at", blocks(
        line(mailbox_key(address), user, plan.begin)
        for user, address, *_rest in people if user % UNVERIFIED
    ))  # fmt: skip
    return count


def _people(
    plan: Plan, dictionary: Dictionary, chance: Random
) -> Iterator[tuple[int, str, str, str, str]]:
    for user in range(1, plan.size.users + 1):
        language = chance.choice(["en", "fr"])
        lists = lists_of(language)
        first = chance.choice(lists["names"])
        last = (chance.choice(lists["syllables"]) + chance.choice(lists["endings"])).capitalize()
        handle = f"{plain(first, dictionary)}-{user}"
        yield user, f"{handle}@{DOMAIN}", handle, f"{first} {last}", language


def address_of(user: int) -> str:
    return str(tables.rows_of("SELECT email FROM accounts_user WHERE id = %s", [user])[0][0])


def fill_ideas(plan: Plan, write: Pens) -> int:
    """And their words for search."""
    chance = Random(f"shuffle/{plan.seed}")  # noqa: S311 - made-up data
    with TemporaryFile("w+", encoding="utf-8") as words:
        texts = write("ideas", ((idea.language, idea.status) for idea in plan.ideas))
        count = tables.copy("ideas_idea", IDEA, blocks(_idea_lines(plan, texts, words, chance)))
        words.seek(0)
        tables.copy("ideas_searchable", "idea_id brand_id title words", _pieces(words))
    return count


def _idea_lines(plan: Plan, texts: Iterable, words: IO[str], chance: Random) -> Iterator[str]:  # type: ignore[type-arg]
    for idea, text in zip(plan.ideas, texts, strict=True):
        words.write(f"{idea.id}\t{idea.brand.id}\t{text.plain}\t{text.vector}\n")
        author = None if idea.author < 0 else idea.brand.first + idea.author
        yield line(
            idea.id, idea.brand.id, idea.challenge.id, code_of(IDEAS, idea.id), author, text.title,
            text.body, idea.language, text.tags, idea.status, "ft"[idea.closed], "ft"[idea.hidden],
            "", 1, chance.random(), idea.at, idea.at,
        )  # fmt: skip


def _pieces(file: IO[str]) -> Iterator[str]:
    while piece := file.read(1 << 20):
        yield piece


def fill_talk(plan: Plan, write: Pens) -> int:
    """Comments in the order of time, and official answers among them."""
    chance = Random(f"talk/{plan.seed}")  # noqa: S311 - made-up data
    talk = sorted(_talk(plan, chance), key=lambda one: one.at)
    asked = ((one.idea.language, "answers" if one.official else "comments") for one in talk)
    return tables.copy("ideas_comment", COMMENT, blocks(
        _comment_lines(talk, write("words", asked), chance)
    ))  # fmt: skip


def _talk(plan: Plan, chance: Random) -> Iterator[Talk]:
    sums = list(accumulate(idea.votes**0.8 + 0.3 for idea in plan.ideas))
    count = round(COMMENTS_PER_IDEA * len(plan.ideas))
    for idea in chance.choices(plan.ideas, cum_weights=sums, k=count):
        yield Talk(idea, idea.at + (plan.end - idea.at) * chance.random() ** 2)
    for idea in plan.ideas:
        if idea.status != "submitted" and chance.random() < ANSWERED:
            yield Talk(idea, idea.at + (plan.end - idea.at) * 0.9, official=True)


def _comment_lines(talk: list[Talk], texts: Iterable[str], chance: Random) -> Iterator[str]:
    """Path and thread as place_comment() writes them."""
    last: dict[int, tuple[int, ...]] = {}
    for number, (one, text) in enumerate(zip(talk, texts, strict=True), 1):
        idea, above = one.idea, last.get(one.idea.id, ())
        if one.official or chance.random() > REPLIES:
            above = ()
        path = (*above[: DEEPEST - 1], number)
        last[idea.id] = path
        brand = idea.brand
        author = None if one.official else brand.first + chance.randrange(brand.people)
        yield line(
            number, brand.id, idea.id, code_of(COMMENTS, number), author,
            brand.user(0) if one.official else None, above[-1] if above else None, path[0],
            "{" + ",".join(map(str, path)) + "}", text, "ft"[one.official], "ft"[one.official],
            "f", one.at,
        )  # fmt: skip


def fill_decisions(plan: Plan, write: Pens) -> int:
    """What each idea's brand decided on the way to its status."""
    chance = Random(f"decisions/{plan.seed}")  # noqa: S311 - made-up data
    steps = [(idea, turn) for idea in plan.ideas for turn in range(len(ROADS.get(idea.status, ())))]
    asked = ((idea.language, "messages") for idea, _turn in steps)
    return tables.copy("ideas_decision", DECISION, blocks(
        _decision_line(plan, number, idea, turn, text, chance)
        for number, ((idea, turn), text) in enumerate(
            zip(steps, write("words", asked), strict=True), 1)
    ))  # fmt: skip


def _decision_line(
    plan: Plan, number: int, idea: Idea, turn: int, text: str, chance: Random
) -> str:
    road = ROADS[idea.status]
    reason = chance.choice(REASONS) if road[turn] == "declined" else ""
    at = idea.at + (plan.end - idea.at) * ((turn + 1) / (len(road) + 1) * 0.8)
    before = road[turn - 1] if turn else "submitted"
    return line(
        number, idea.brand.id, idea.id, code_of(DECISIONS, number), before, road[turn], reason,
        text, idea.brand.user(0), at + timedelta(minutes=chance.randrange(60)),
    )  # fmt: skip
