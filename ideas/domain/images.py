"""Pictures of ideas: sent first, each by itself, then attached to an idea, or swept away.

What is stored is what cocreate.lib.images makes of a picture, never what somebody sent.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath

from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.domain.stopping import hold_active
from accounts.models import Brand, Participant, User
from cocreate.lib.decoder import Part
from cocreate.lib.errors import DomainError, Invalid, NotFound
from cocreate.lib.images import Picture, in_sizes
from cocreate.lib.text import one_line
from cocreate.lib.tokens import random_code
from ideas.models import Challenge, Draft, Idea, Image
from ideas.models.image import ALT_LENGTH, MOST_IMAGES, SIZES

TALLEST = 2 * SIZES[-1]  # a tall drawing stays readable
COVERS, COVER, COVER_SMALL = "challenges", {"width": 1600, "height": 640}, 640
COVER_NAME_LENGTH = 16
# Pictures that belong to no idea yet. Parts cut out of others are counted apart: none of them is
# taken away before its day is over, since another window or draft may name it.
MOST_WAITING = {"person": 30, "brand": 300, "parts": 100}
AS_SENT, AS_PART = 0, 1  # the place of a picture that waits; it has a place of its own on an idea
KEPT = timedelta(hours=24)
KEPT_IN_DRAFT = timedelta(days=30)
BATCH = 200

Uploader = Participant | None
Problems = dict[str, list[tuple[str, str]]]


class TooManyWaiting(DomainError):
    code, status = "too_many_pictures", 409
    message = gettext_lazy(
        "Many pictures of yours wait for an idea. Post them, or come back tomorrow: then those that"
        " nobody needed are gone."
    )


def upload(
    *,
    brand: Brand,
    uploader: Uploader | Callable[[], Uploader],
    source: bytes,
    alt: str = "",
    then: Callable[[Image], object] = lambda _image: None,
) -> Image:
    """A picture of a participant, or of the brand (None), that belongs to no idea yet. Where it
    fails no file is left; so it runs in no other transaction.

    `uploader` may be what finds or creates them: it is asked once the picture is known to be one,
    in the transaction of its row, and `then` is done in the same.
    Raises PictureRefused, Unavailable, TooManyWaiting, Invalid (alt), NotAllowed for somebody who
    was stopped.
    """
    image = Image(brand=brand, code=random_code(), alt=clean_alt(alt))
    made = _sized(source)
    return _kept(image, made, uploader, then)


def crop(*, image: Image, part: Part, uploader: Uploader | Callable[[], Uploader]) -> Image:
    """A part of a picture (left, top, right, bottom, in pixels of its largest file) as a picture of
    its own, which waits for an idea as upload() leaves one. The whole picture stays what it is.

    Raises Invalid (part) for what is not inside, NotFound where the file is lost, and what upload()
    raises.
    """
    left, top, right, bottom = part
    if not (0 <= left < right <= image.width and 0 <= top < bottom <= image.height):
        message = _("This part is not inside the picture. Choose it again.")
        raise Invalid(fields={"part": [("outside", message)]})
    source = file_of(image, image.width)
    made = _sized(source, part)
    cut = Image(brand=image.brand, code=random_code(), alt=image.alt, place=AS_PART)
    return _kept(cut, made, uploader)


def _sized(source: bytes, part: Part | None = None) -> list[Picture]:
    return in_sizes(source, width=SIZES[-1], height=TALLEST, fill=False, smaller=SIZES, part=part)


def _kept(
    image: Image,
    made: list[Picture],
    uploader: Uploader | Callable[[], Uploader],
    then: Callable[[Image], object] = lambda _image: None,
) -> Image:
    """Its files and its row, or neither."""
    image.width, image.height = made[-1].width, made[-1].height
    files: list[str] = []
    try:
        _store(image, made, files)
        with transaction.atomic(durable=True):
            image.uploader = uploader() if callable(uploader) else uploader
            _insert(image)
            then(image)
    except BaseException:
        _delete(files)  # nobody would ever find them
        raise
    return image


@transaction.atomic
def attach(
    *,
    idea: Idea,
    codes: Sequence[str],
    uploader: Uploader,
    alts: Mapping[str, str] | None = None,
) -> list[Image]:
    """From now on these are the idea's pictures, in this order; the files of others that it had go
    after the commit. `alts` are new descriptions by code; others keep theirs.

    One may attach what one has sent oneself, and keep what the idea has. Raises Invalid (images).
    """
    wanted = list(dict.fromkeys(codes))
    _check_number(wanted)
    list(Idea.objects.select_for_update(no_key=True).filter(pk=idea.pk).values_list("pk"))
    images = _locked(idea, wanted, uploader)
    remove(Image.objects.filter(idea=idea).exclude(code__in=wanted))
    for place, image in enumerate(images):
        image.idea, image.place = idea, place
        image.alt = clean_alt((alts or {}).get(image.code, image.alt))
    Image.objects.bulk_update(images, ["idea", "place", "alt"])
    _set_cover_code(idea, wanted[0] if wanted else "")
    return images


def of(idea: Idea) -> list[Image]:
    """In their order."""
    return list(Image.objects.filter(idea=idea))


def usable(
    *, brand: Brand, user: User, codes: Collection[str], idea: Idea | None = None
) -> list[Image]:
    """Those of `codes` that attach() would take of the user, in their order."""
    own = Q(brand=brand, uploader__user=user, idea=None)
    rows = Image.objects.filter(own | Q(idea=idea) if idea else own, code__in=codes)
    found = {image.code: image for image in rows}
    return [found[code] for code in dict.fromkeys(codes) if code in found]


def describe_waiting(*, brand: Brand, user: User, alts: Mapping[str, str]) -> None:
    """What pictures of theirs show that wait for an idea, by code, while they write it. One that is
    too long is told of when it is posted: until then the picture keeps what it had.
    """
    changed = []
    for image in usable(brand=brand, user=user, codes=list(alts)):
        words = one_line(alts[image.code])
        if words != image.alt and len(words) <= ALT_LENGTH:
            image.alt = words
            changed.append(image)
    Image.objects.bulk_update(changed, ["alt"])


def file_of(image: Image, width: int) -> bytes:
    """The WebP of one of its widths. Raises NotFound, also where the file is lost."""
    if width not in image.widths:
        raise NotFound
    try:
        with default_storage.open(image.file_of(width), "rb") as file:
            content: bytes = file.read()
    except OSError as error:
        raise NotFound from error
    return content


def clean_alt(text: str) -> str:
    """Raises Invalid (alt)."""
    words = one_line(text)
    if len(words) > ALT_LENGTH:
        message = _("Keep the description under {n} characters.").format(n=ALT_LENGTH)
        raise Invalid(fields={"alt": [("too_long", message)]})
    return words


def remove(images: "models.QuerySet[Image]") -> int:
    """The rows, and their files after the commit."""
    rows = list(images)
    files = [image.file_of(width) for image in rows for width in image.widths]
    Image.objects.filter(pk__in=[image.pk for image in rows]).delete()
    if files:
        transaction.on_commit(lambda: _delete(files), robust=True)
    return len(rows)


@transaction.atomic
def withdraw(images: "models.QuerySet[Image]") -> None:
    """Off their ideas too, which show what is left."""
    ideas = list(images.exclude(idea=None).values_list("idea", flat=True).distinct())
    remove(images)
    left = Image.objects.filter(idea=OuterRef("pk")).order_by("place").values("code")[:1]
    rows = Idea.objects.filter(pk__in=ideas)
    rows.update(cover=Coalesce(Subquery(left), Value("")))


def set_cover(
    *, challenge: Challenge, source: bytes | None, actor: User | None, alt: str = ""
) -> None:
    """A new cover from what somebody sent, or none; the old files go after the commit. Records
    `challenge.edited`. Raises PictureRefused, Unavailable, Invalid (alt).
    """
    words, files = clean_alt(alt), list[str]()
    made = _as_cover(source) if source else []
    try:
        name = _store_cover(made, files)
        _change_cover(challenge, name, words if name else "", actor)
    except BaseException:
        _delete(files)
        raise


@transaction.atomic
def describe_cover(*, challenge: Challenge, alt: str, actor: User | None) -> None:
    """What it shows, for those who cannot see it; nothing where that is said already. Records
    `challenge.edited`. Raises Invalid (alt).
    """
    words = clean_alt(alt) if challenge.cover else ""
    if Challenge.objects.filter(pk=challenge.pk).exclude(cover_alt=words).update(cover_alt=words):
        _record_cover(challenge, actor)
    challenge.cover_alt = words


def cover_file(challenge: Challenge, name: str) -> bytes:
    """One of its two files, by the stem of its name. Raises NotFound, also where it is lost."""
    if name not in cover_names(challenge).values():
        raise NotFound
    try:
        with default_storage.open(f"{COVERS}/{name}.webp", "rb") as file:
            content: bytes = file.read()
    except OSError as error:
        raise NotFound from error
    return content


def cover_names(challenge: Challenge) -> dict[int, str]:
    """The stems of its files by their width; none where it has no cover."""
    if not challenge.cover:
        return {}
    stem = PurePosixPath(str(challenge.cover)).stem
    return {COVER_SMALL: f"{stem}-{COVER_SMALL}", COVER["width"]: stem}


def sweep() -> int:
    """What was sent a day ago and is on no idea goes, and its files; what a draft of theirs still
    names stays as long as they write on it. Returns how many went.
    """
    gone = 0
    while batch := _sweep_some():
        gone += batch
    return gone


@transaction.atomic
def _sweep_some() -> int:
    now = timezone.now()
    code = Func(OuterRef("code"), template="ARRAY[%(expressions)s]", output_field=_CODES)
    drafts = Draft.objects.filter(
        user=OuterRef("uploader__user"), images__contains=code, updated_at__gt=now - KEPT_IN_DRAFT
    )
    old = Image.objects.filter(~Exists(drafts), idea=None, at__lt=now - KEPT)
    return remove(old.select_for_update(of=("self",), skip_locked=True)[:BATCH])


_CODES: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=12))


def _as_cover(source: bytes) -> list[Picture]:
    width, height = COVER["width"], COVER["height"]
    return in_sizes(source, width=width, height=height, fill=True, smaller=(COVER_SMALL,))


def _store(image: Image, made: Iterable[Picture], files: list[str]) -> None:
    for picture in made:
        name = image.file_of(picture.width)
        files.append(default_storage.save(name, ContentFile(picture.content)))


def _store_cover(made: list[Picture], files: list[str]) -> str:
    """The name of the larger file; empty: there is none."""
    stem = f"{COVERS}/{random_code(COVER_NAME_LENGTH)}"
    for picture in made:
        end = "" if picture.width == COVER["width"] else f"-{picture.width}"
        files.append(default_storage.save(f"{stem}{end}.webp", ContentFile(picture.content)))
    return files[-1] if files else ""


@transaction.atomic
def _change_cover(challenge: Challenge, name: str, alt: str, actor: User | None) -> None:
    fresh = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
    old = [f"{COVERS}/{stem}.webp" for stem in cover_names(fresh).values()]
    if not old and not name:
        return
    Challenge.objects.filter(pk=challenge.pk).update(cover=name, cover_alt=alt)
    challenge.cover, challenge.cover_alt = name, alt
    _record_cover(challenge, actor)
    transaction.on_commit(lambda: _delete(old), robust=True)


def _record_cover(challenge: Challenge, actor: User | None) -> None:
    activity.record(
        "challenge.edited",
        subject=("challenge", challenge.slug),
        brand=challenge.brand,
        actor=actor,
        private=not challenge.is_published,
        data={"fields": ["cover"]},
    )


def _insert(image: Image) -> None:
    """Whoever sends two at once is counted one after the other."""
    if image.uploader is not None:
        hold_active(image.uploader)
    waiting = Image.objects.filter(brand=image.brand, uploader=image.uploader, idea=None)
    kind = "person" if image.uploader else "brand"
    most = MOST_WAITING["parts" if image.place == AS_PART else kind]
    if waiting.filter(place=image.place).count() >= most:
        raise TooManyWaiting
    image.save(force_insert=True)


def _locked(idea: Idea, codes: list[str], uploader: Uploader) -> list[Image]:
    """In the order of the codes. Raises Invalid for one that is not there, or not theirs."""
    own = Q(brand=idea.brand, uploader=uploader, idea=None)
    rows = Image.objects.filter(own | Q(idea=idea), code__in=codes)
    found = {image.code: image for image in rows.order_by("pk").select_for_update(of=("self",))}
    if len(found) < len(codes):
        message = _("A picture is not there any more. Choose it again.")
        raise Invalid(fields={"images": [("unknown", message)]})
    return [found[code] for code in codes]


def _check_number(codes: list[str]) -> None:
    if len(codes) > MOST_IMAGES:
        message = _("An idea has {n} pictures at most.").format(n=MOST_IMAGES)
        raise Invalid(fields={"images": [("too_many", message)]})


def _set_cover_code(idea: Idea, code: str) -> None:
    Idea.objects.filter(pk=idea.pk).exclude(cover=code).update(cover=code)
    idea.cover = code


def _delete(files: Iterable[str]) -> None:
    for name in files:
        default_storage.delete(name)
