"""Brands and the people who run them."""

from django.db import transaction

from accounts.domain import activity
from accounts.enums import Role
from accounts.models import Brand, Membership, User


@transaction.atomic
def create_brand(*, slug: str, name: str, owner: User, **fields: object) -> Brand:
    """A brand and its owner. Raises ValidationError for a bad or taken slug. Records
    `brand.created`.

    `cocreate.domain.brands.create_brand` is the door: it adds the permanent challenge.
    """
    brand = Brand(slug=slug, name=name, **fields)
    brand.full_clean()
    brand.save(force_insert=True)
    Membership.objects.create(brand=brand, user=owner, role=Role.OWNER)
    activity.record(
        "brand.created", subject=("brand", brand.slug), brand=brand, actor=owner, private=True
    )
    return brand


@transaction.atomic
def add_member(*, brand: Brand, user: User, role: Role, actor: User | None = None) -> Membership:
    """Put somebody into the team, or change their role. Records `member.added`."""
    membership, _created = Membership.objects.update_or_create(
        brand=brand, user=user, defaults={"role": role}
    )
    activity.record(
        "member.added",
        subject=("user", user.handle),
        brand=brand,
        actor=actor,
        private=True,
        data={"role": role},
    )
    return membership
