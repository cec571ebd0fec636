"""A brand of 50,000 ideas whose words are as rare and as common as words are."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts.models import Brand, User
from cocreate.bench import fill, prose
from cocreate.domain.brands import create_brand
from cocreate.domain.people import create_account
from ideas.models import Challenge, Idea

SIZE, SLUG = 50_000, "bench-prose"
LANGUAGES = ("fr", "en")


def brand_of_prose() -> Brand:
    """Filled in where it is not there yet, French and English by turns."""
    return Brand.objects.filter(slug=SLUG).first() or _create()


def _create() -> Brand:
    owner = User.objects.filter(handle="prose").first()
    owner = owner or create_account(email="prose@bench.invalid", handle="prose", password=None)
    brand = create_brand(slug=SLUG, name="Bench prose", owner=owner)
    first = (Idea.objects.aggregate(last=models.Max("id"))["last"] or 0) + 1
    fill.copy_rows(Idea, _ideas(Challenge.objects.get(brand=brand), first))
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('searchable_words_of_brand')")
    return brand


def _ideas(challenge: Challenge, first: int) -> Iterator[dict[str, Any]]:
    chance, now = Random(SIZE), timezone.now()  # noqa: S311 - made-up data
    for number in range(first, first + SIZE):
        language = LANGUAGES[number % 2]
        at = now - timedelta(days=chance.random() * 365)
        yield {
            "id": number, "code": fill.code_of(number), "brand_id": challenge.brand_id,
            "challenge_id": challenge.pk, "language": language,
            "title": prose.text(language, chance.randrange(5, 12), chance),
            "body": prose.text(language, chance.randrange(30, 90), chance),
            "tags": [chance.choice(prose.vocabulary(language)[:200])],
            "created_at": at, "updated_at": at,
        }  # fmt: skip
