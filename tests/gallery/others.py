"""Those who have just come, who are asked to come, and who try the demo, for the screenshots."""

from urllib.parse import quote

from accounts.domain import invitations
from accounts.domain.teams import add_member
from accounts.enums import Role
from accounts.models import Brand, User
from cocreate.domain.demo_file import Account
from ideas.domain import comments
from ideas.models import Idea
from notifications.domain import subscriptions
from tests.factories import make_participant, make_user
from web.links import vote_path

DEMO_PASSWORD = "qh3-Vt8_kLw2"  # as the demo makes them, without spaces
DEMO = [Account(f"{name}@example.org", DEMO_PASSWORD, "does") for name in ("member", "manager")]


def fill(brand: Brand, manager: User, idea: Idea) -> dict[str, str]:
    make_user("New", email="new@example.org")
    make_user("Root", email="root@example.org", is_staff=True)
    for account in DEMO:
        user = make_user(f"Demo {account.email.partition('@')[0]}", email=account.email)
        user.set_password(DEMO_PASSWORD)
        user.save(update_fields=["password"])
    add_member(brand=brand, user=user, role=Role.MANAGER)
    asked = invitations.invite(
        brand=brand, emails=["somebody@example.org"], role=Role.MANAGER, actor=manager
    )
    own = comments.post(idea=idea, author=make_participant(brand, looking()), body="Mine.")
    return {
        "invitation": f"/invitations/{asked.issued[0].secret}/",
        "unsubscribe": f"/unsubscribe/{subscriptions.of(manager, brand).token}/?idea={idea.code}",
        "own-words": f"/i/{idea.code}/comments/{own.code}/edit/",
        "quiet-code": idea.code,
        "wish": quote(f"{vote_path(idea.code)}?value=1"),
    }


def looking() -> User:
    """Who looks as a member."""
    return User.objects.get(email="p0@example.org")
