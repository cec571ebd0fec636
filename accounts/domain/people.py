"""What people say about themselves, and how the site speaks to them."""

import unicodedata
from collections.abc import Sequence
from contextlib import ContextDecorator
from datetime import UTC, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import activity, signup
from accounts.models import User
from accounts.models.user import HANDLE_LENGTH, HANDLE_SHAPE, INTEREST_LENGTH, MAX_INTERESTS
from cocreate.lib.errors import Invalid, NotFound
from cocreate.lib.images import reencoded
from cocreate.lib.tokens import random_code

AVATAR_SIDE = 256
AVATAR_NAME_LENGTH = 20
REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
    "Indian", "Pacific",
)  # fmt: skip
Problems = dict[str, list[tuple[str, str]]]


def choose_language(*, user: User, language: str) -> None:
    """The language of the pages and mails that this member gets from now on."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def change_profile(
    *,
    user: User,
    display_name: str,
    handle: str,
    language: str,
    time_zone: str,
    interests: Sequence[str],
) -> list[str]:
    """Save what differs and return the names of it. Records `profile.changed`, where something
    did. The page at the old handle is gone.

    Raises Invalid with fields; `user` is changed only when everything was saved.
    """
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    problems: Problems = {}
    wanted = {
        "display_name": _clean_name(display_name, problems),
        "handle": _clean_handle(handle, fresh, problems),
        "language": _one_of(language, dict(settings.LANGUAGES), "language", problems),
        "time_zone": _one_of(time_zone, {"", *time_zones()}, "time_zone", problems),
        "interests": _clean_interests(interests, problems),
    }
    if problems:
        raise Invalid(fields=problems)
    changed = {name: value for name, value in wanted.items() if getattr(fresh, name) != value}
    if changed:
        own = {"has_own_name": True} if "display_name" in changed else {}
        _save(fresh, changed | own)
    for name, value in changed.items():
        setattr(user, name, value)
    user.has_own_name = fresh.has_own_name or "display_name" in changed
    if changed:
        _record(user, sorted(changed))
    return list(changed)


@transaction.atomic
def choose_name(*, user: User, name: str) -> None:
    """The first name of their own, and a handle made from it: before that we had made both.
    Records `profile.changed`. Does nothing for who has one. Raises Invalid with `display_name`.
    """
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not fresh.has_own_name:
        problems: Problems = {}
        name = _clean_name(name, problems)
        if problems:
            raise Invalid(fields=problems)
        handle = signup.free_handle(name)
        _save(fresh, {"display_name": name, "handle": handle, "has_own_name": True})
        fresh.display_name, fresh.handle = name, handle
        _record(fresh, ["display_name", "handle"])
    user.display_name, user.handle, user.has_own_name = fresh.display_name, fresh.handle, True


def change_avatar(*, user: User, source: bytes) -> None:
    """A new picture of the person from what they sent; the old file goes after the commit.
    Records `profile.changed`. Raises PictureRefused.
    """
    webp = reencoded(source, width=AVATAR_SIDE, height=AVATAR_SIDE, fill=True)
    storage = user.avatar.storage
    name = storage.save(f"avatars/{random_code(AVATAR_NAME_LENGTH)}.webp", ContentFile(webp))
    try:
        _set_avatar(user, name)
    except BaseException:
        storage.delete(name)  # nobody would ever find it
        raise


def avatar_of(user: User) -> bytes:
    """The WebP of their picture. Raises NotFound, also where its file is lost."""
    if not user.avatar:
        raise NotFound
    try:
        with user.avatar.open("rb") as file:
            content: bytes = file.read()
    except OSError as error:
        raise NotFound from error
    return content


def remove_avatar(*, user: User) -> None:
    """The file goes after the commit. Records `profile.changed`, where there was one."""
    _set_avatar(user, "")


@cache
def time_zones() -> tuple[str, ...]:
    """The names of places that a person may choose, without the historical and technical ones."""
    names = (name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    return ("UTC", *sorted(name for name in names if "/" in name))


def zone_named(name: str) -> tzinfo:
    """UTC for one that was never chosen, or that the machine's list of zones has lost."""
    return ZoneInfo(name) if name in time_zones() else UTC


def in_zone_of(user: Any) -> ContextDecorator:
    """Moments read as a member's own clock shows them, a visitor's in UTC, until the block ends."""
    return timezone.override(zone_named(getattr(user, "time_zone", "")))


@transaction.atomic
def _set_avatar(user: User, name: str) -> None:
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    storage: Storage = fresh.avatar.storage
    old = fresh.avatar.name
    if old != name:
        User.objects.filter(pk=user.pk).update(avatar=name)
        _record(fresh, ["avatar"])
    if old:
        transaction.on_commit(lambda: storage.delete(old), robust=True)
    user.avatar = name


def _save(user: User, changed: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**changed)
    except IntegrityError as error:
        raise Invalid(
            fields={"handle": [("taken", _("Somebody else has this handle."))]}
        ) from error
    if "handle" in changed:
        activity.follow_handle(user=user, before=user.handle, after=changed["handle"])


def _clean_name(name: str, problems: Problems) -> str:
    if not name.strip():
        problems["display_name"] = [("required", _("Choose a name."))]
        return name
    try:
        cleaned = signup.clean_name(name)
        User._meta.get_field("display_name").run_validators(cleaned)
    except ValidationError as error:
        first = error.error_list[0]
        problems["display_name"] = [(first.code or "invalid", first.messages[0])]
        return name
    return cleaned


def _clean_handle(handle: str, user: User, problems: Problems) -> str:
    handle = handle.strip().removeprefix("@").lower()
    if handle == user.handle:
        return handle  # whatever the rules were when it was given
    try:
        HANDLE_SHAPE(handle)
    except ValidationError:
        message = _(
            "A handle has 1 to %(n)s small letters without accents, digits, - and _,"
            " and begins and ends with a letter or a digit."
        )
        problems["handle"] = [("invalid", message % {"n": HANDLE_LENGTH})]
        return handle
    if handle in signup.RESERVED_HANDLES:
        problems["handle"] = [("reserved", _("This handle is kept for the site itself."))]
    elif User.objects.filter(handle=handle).exclude(pk=user.pk).exists():
        problems["handle"] = [("taken", _("Somebody else has this handle."))]
    return handle


def _one_of(value: str, allowed: Any, field: str, problems: Problems) -> str:
    if value not in allowed:
        problems[field] = [("unknown", _("Choose one from the list."))]
    return value


def _clean_interests(interests: Sequence[str], problems: Problems) -> list[str]:
    """Once each, whatever its case, as it was first written."""
    found: dict[str, str] = {}
    for interest in interests:
        words = " ".join(unicodedata.normalize("NFC", interest).split())
        if words:
            found.setdefault(words.casefold(), words)
    cleaned = list(found.values())
    if any(not words.isprintable() for words in cleaned):
        problem = ("invalid", _("Use letters, digits and ordinary signs."))
    elif any(len(words) > INTEREST_LENGTH for words in cleaned):
        message = ngettext(
            "An interest has %(n)s character at most.",
            "An interest has %(n)s characters at most.",
            INTEREST_LENGTH,
        )
        problem = ("too_long", message % {"n": INTEREST_LENGTH})
    elif len(cleaned) > MAX_INTERESTS:
        message = ngettext("%(n)s interest at most.", "%(n)s interests at most.", MAX_INTERESTS)
        problem = ("too_many", message % {"n": MAX_INTERESTS})
    else:
        return cleaned
    problems["interests"] = [problem]
    return cleaned


def _record(user: User, changed: list[str]) -> None:
    """What was changed, not to what: the log is no second copy of a profile."""
    activity.record(
        "profile.changed",
        subject=("user", user.handle),
        actor=user,
        private=True,
        data={"changed": changed},
    )
