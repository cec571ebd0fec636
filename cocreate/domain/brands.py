"""What a new brand needs from several apps."""

from django.db import transaction
from django.utils import translation

from accounts.domain import teams
from accounts.models import Brand, User
from ideas.domain.challenges import create_permanent


@transaction.atomic
def create_brand(*, slug: str, name: str, owner: User, **fields: object) -> Brand:
    """A brand with its owner and its permanent challenge `open`. Raises ValidationError."""
    brand = teams.create_brand(slug=slug, name=name, owner=owner, **fields)
    with translation.override(brand.language):
        create_permanent(brand=brand, actor=owner)
    return brand
