"""Plain makers of rows. They go through the verbs, so that a test meets what the product makes."""

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress

from accounts.domain import mailboxes
from accounts.domain.participants import of_user
from accounts.domain.signup import complete
from accounts.models import Brand, Participant, User
from cocreate.domain import brands
from ideas.domain import challenges, ideas
from ideas.models import Challenge, Idea

PASSWORD = "correct horse battery"  # noqa: S105 - for tests
number = count(1)


def make_user(name: str = "", *, verified: bool = True, **over: Any) -> User:
    n = next(number)
    user = User(email=over.pop("email", f"{name or 'user'}{n}@example.org").lower(), **over)
    user.set_password(PASSWORD)
    complete(user=user, display_name=name or f"User {n}", language=over.get("language", "en"))
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    if verified:
        mailboxes.prove(user=user, email=user.email)
    return user


def make_brand(slug: str = "", *, owner: User | None = None, **over: Any) -> Brand:
    slug = slug or f"brand-{next(number)}"
    name = over.pop("name", slug.title())
    return brands.create_brand(slug=slug, name=name, owner=owner or make_user(), **over)


def make_challenge(brand: Brand, **over: Any) -> Challenge:
    slug = over.pop("slug", f"question-{next(number)}")
    title = over.pop("title", "What should a small car give back to the street?")
    return challenges.create_challenge(brand=brand, slug=slug, title=title, actor=None, **over)


def make_idea(challenge: Challenge, *, author: Participant | None = None, **over: Any) -> Idea:
    over.setdefault("title", f"A cabin that folds into a desk {next(number)}")
    return ideas.post_idea(challenge=challenge, author=author, **over)


def make_participant(brand: Brand, user: User | None = None) -> Participant:
    return of_user(brand=brand, user=user or make_user())


def set_closed(idea: Idea, *, closed: bool = True) -> None:
    """End voting as a status does, or open it again; whatever the status is."""
    idea.closed = closed
    idea.save(update_fields=["closed"])
