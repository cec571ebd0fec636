"""What a brand says about itself, where it stands, and who may see it."""

from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import rules
from accounts.domain import activity, admission, signup
from accounts.enums import Visibility
from accounts.models import Brand, FormerSlug, User
from accounts.models.brand import SLUG_SHAPE
from cocreate.lib import accents
from cocreate.lib.colour import readable_hue
from cocreate.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from cocreate.lib.images import reencoded
from cocreate.lib.tokens import random_code

MOST_FORMER = 20
PICTURES = {"logo": (256, 256), "cover": (1600, 500)}
PICTURE_NAME_LENGTH = 16
EDITABLE = {"name", "tagline", "language", "languages", "hue", "colour", "visibility"}


class TooManyMoves(DomainError):
    code, status = "too_many_moves", 409
    message = gettext_lazy("This brand has left too many addresses behind: take back one of them.")


@transaction.atomic
def change_settings(
    *, brand: Brand, actor: User, admit_participants: bool = False, **fields: Any
) -> list[str]:
    """Save what differs and return the names of it; a hue that could not be read well moves to
    the next that can. With a `colour` of its own, which is kept as it was given, comes its hue.
    Records `brand.changed`, where something did.

    `admit_participants`: when the brand becomes members only, who has taken part stays. Raises
    NotAllowed, and Invalid with fields.
    """
    _lock_for(brand, actor)
    brand.refresh_from_db(fields=[*EDITABLE])
    changed = _differing(brand, _clean(fields))
    for name, value in changed.items():
        setattr(brand, name, value)
    _check(brand, changed)
    if not changed:
        return []
    brand.save(update_fields=list(changed))
    if admit_participants and changed.get("visibility") == Visibility.MEMBERS:
        admission.admit_participants(brand=brand)
    _record("brand.changed", brand, actor, changed=sorted(changed))
    return list(changed)


@transaction.atomic
def change_address(*, brand: Brand, slug: str, actor: User) -> None:
    """The brand's pages move; the address they leave redirects here for ever. Records
    `brand.moved`.

    Raises NotAllowed, Invalid for a shape no address has and for what is or was another brand's,
    TooManyMoves.
    """
    _lock_for(brand, actor)
    brand.refresh_from_db(fields=["slug"])
    old, slug = brand.slug, slug.strip().lower()
    if slug == old:
        return
    _take(brand, slug)
    FormerSlug.objects.filter(slug=slug, brand=brand).delete()  # taken back
    FormerSlug.objects.create(slug=old, brand=brand)
    if brand.former_slugs.count() > MOST_FORMER:
        raise TooManyMoves
    brand.slug = slug
    _record("brand.moved", brand, actor, **{"from": old})


@transaction.atomic
def set_picture(*, brand: Brand, kind: str, source: bytes | None, actor: User) -> None:
    """A new logo or cover from what somebody sent, or none. Its old file goes after the commit.
    Records `brand.changed`. Raises NotAllowed, PictureRefused.
    """
    image = reencoded(source, **_box(kind)) if source is not None else None
    _lock_for(brand, actor)
    brand.refresh_from_db(fields=[kind])
    field = getattr(brand, kind)
    old, storage = field.name, field.storage
    if image is None:
        setattr(brand, kind, "")
    else:
        field.save(f"{random_code(PICTURE_NAME_LENGTH)}.webp", ContentFile(image), save=False)
    brand.save(update_fields=[kind])
    if old:
        transaction.on_commit(lambda: storage.delete(old), robust=True)
    _record("brand.changed", brand, actor, changed=[kind])


def picture_or_404(brand: Brand, kind: str, name: str) -> bytes:
    """The WebP that has this name now. Raises NotFound, also where its file is lost."""
    field = getattr(brand, kind)
    if not field or PurePosixPath(field.name).stem != name:
        raise NotFound
    try:
        with field.open("rb") as file:
            content: bytes = file.read()
    except OSError as error:
        raise NotFound from error
    return content


def lock(brand: Brand) -> None:
    """Until the end of the transaction the brand, its team, keys and invitations are ours to
    change. Rows that point to the brand can be written meanwhile: nobody's vote waits for this.

    Raises NotFound where the brand is gone.
    """
    rows = Brand.objects.select_for_update(no_key=True).filter(pk=brand.pk)
    if not list(rows.values_list("pk")):
        raise NotFound


def was_anothers(brand: Brand) -> bool:
    """Whether the address that this brand has just taken leads to another. Asked after the write:
    who is leaving an address at this moment has committed by then.
    """
    return FormerSlug.objects.filter(slug=brand.slug).exclude(brand=brand).exists()


def _lock_for(brand: Brand, actor: User) -> None:
    """Whoever loses the role at this moment changes nothing."""
    lock(brand)
    rules.forget_roles(actor)
    if not rules.can_manage_settings(actor, brand):
        raise NotAllowed


def _take(brand: Brand, slug: str) -> None:
    try:
        SLUG_SHAPE(slug)
    except ValidationError as error:
        raise Invalid(fields={"slug": [("invalid", _("Small letters, digits and - only."))]}) from (
            error
        )
    taken = Invalid(fields={"slug": [("taken", _("Another brand has this address, or had it."))]})
    try:
        with transaction.atomic():
            Brand.objects.filter(pk=brand.pk).update(slug=slug)
    except IntegrityError as error:
        raise taken from error
    if was_anothers(Brand(pk=brand.pk, slug=slug)):
        raise taken


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"no settings of a brand: {', '.join(sorted(unknown))}")
    cleaned = dict(fields)
    if "name" in cleaned:
        try:
            cleaned["name"] = signup.clean_name(cleaned["name"])
        except ValidationError as error:
            raise Invalid(fields={"name": [("invalid", error.messages[0])]}) from error
    if "tagline" in cleaned:
        cleaned["tagline"] = " ".join(cleaned["tagline"].split())
    if "hue" in cleaned and 0 <= cleaned["hue"] <= 360:
        cleaned["hue"] = readable_hue(cleaned["hue"])
    colour = cleaned.get("colour", "")
    if accents.is_own(colour) and not accents.is_grey(colour):
        cleaned["hue"] = accents.hue_of(colour)
    return cleaned


def _differing(brand: Brand, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if getattr(brand, name) != value}


def _check(brand: Brand, names: dict[str, Any]) -> None:
    """The model's own rules for what was changed. Raises Invalid."""
    others = {field.name for field in Brand._meta.fields} - set(names)
    try:
        brand.clean_fields(exclude=others)
    except ValidationError as error:
        fields = {
            name: [(one.code or "invalid", " ".join(one.messages)) for one in problems]
            for name, problems in error.error_dict.items()
        }
        raise Invalid(fields=fields) from error


def _box(kind: str) -> dict[str, Any]:
    width, height = PICTURES[kind]
    return {"width": width, "height": height, "fill": True}


def _record(kind: str, brand: Brand, actor: User, **data: Any) -> None:
    activity.record(
        kind, subject=("brand", brand.slug), brand=brand, actor=actor, private=True, data=data
    )
