"""A member takes a copy of all that is held of them, or erases it."""

import zipfile
from collections.abc import Mapping
from typing import IO, Any

from django.apps import apps
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.access import places_of
from accounts.domain import privacy
from accounts.domain.people import avatar_of
from accounts.enums import Role
from accounts.models import Brand
from cocreate.lib.errors import NotFound
from ideas.domain.privacy import pictures_of, signed_by_others
from web.account.again import asked_again
from web.pages import member_of, page
from web.spool import spooled

AVATAR = "picture.webp"
DIRECTIONS = (
    gettext_lazy("data.json holds all that this site keeps of you, by kind; dates are in UTC."),
    gettext_lazy("picture.webp is the picture of your profile, if you have one."),
    gettext_lazy(
        "The folder pictures/ holds those that you sent for ideas and drafts, each in the largest"
        " size that we keep. In data.json, under images, each has the name of its file; null means"
        " that there is none."
    ),
)


@page
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    context = {"owned": owned_by(user), "signed": signed_by_others(user)}
    return render(request, "me/data.html", context)


@page
@require_safe
@asked_again
def download(request: HttpRequest) -> HttpResponseBase:
    user = member_of(request)
    limits.export(user_id=user.pk)
    copy = spooled()
    write_copy(copy, user)
    copy.seek(0)
    name = f"cocreate-{user.handle}-{timezone.now():%Y-%m-%d}.zip"
    response = FileResponse(copy, as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


def write_copy(file: IO[bytes], user: Any) -> None:
    """A zip: data.json, the pictures, and lines that explain them."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        files, lost = write_pictures(archive, user)
        with archive.open("data.json", "w") as entry:
            write_json(entry, user, files)
        if user.avatar:
            lost += write_avatar(archive, user)
        archive.writestr("READ-ME.txt", "".join(f"{line}\n" for line in directions(lost)))


def directions(lost: list[str]) -> list[str]:
    lines = [str(line) for line in DIRECTIONS]
    if lost:
        said = _("These files are not in this copy, because this site has lost them: {names}")
        lines.append(said.format(names=", ".join(lost)))
    return lines


def write_pictures(archive: zipfile.ZipFile, user: Any) -> tuple[dict[str, str], list[str]]:
    """Before data.json, which names only files that are there. Their names by the picture's code,
    and the names of those that are lost.

    One file in memory at a time, and as it is: WebP grows no smaller.
    """
    files, lost = {}, []
    for code, content in pictures_of(user):
        name = f"pictures/{code}.webp"
        if content is None:
            lost.append(name)
        else:
            files[code] = name
            archive.writestr(name, content, zipfile.ZIP_STORED)
    return files, lost


def write_avatar(archive: zipfile.ZipFile, user: Any) -> list[str]:
    """Its name where it is lost."""
    try:
        archive.writestr(AVATAR, avatar_of(user), zipfile.ZIP_STORED)
    except NotFound:
        return [AVATAR]
    return []


def write_json(file: IO[bytes], user: Any, files: Mapping[str, str]) -> None:
    """One object, one list for each kind, row by row: the largest copy takes no more memory."""
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    file.write(b"{")
    for place, (model, rows) in enumerate(privacy.export(user=user)):
        file.write(f"{',' if place else ''}\n{encoder.encode(title_of(model))}: [".encode())
        for row_place, row in enumerate(rows):
            said = {**row, "file": files.get(row["code"])} if model == "ideas.Image" else row
            file.write(f"{',' if row_place else ''}\n  {encoder.encode(said)}".encode())
        file.write(b"]")
    file.write(b"\n}\n")


def title_of(model: str) -> str:
    """ "votes" for ideas.Vote: the same in every language, a program may read it."""
    with override("en"):
        return str(apps.get_model(model)._meta.verbose_name_plural)


@page
@require_http_methods(["GET", "HEAD", "POST"])
@asked_again
def erase(request: HttpRequest) -> HttpResponse:
    """Asks for the handle, so that nobody erases by a slip."""
    user = member_of(request)
    typed = request.POST.get("handle", "").strip().lstrip("@").lower()
    if request.method == "POST" and typed == user.handle:
        privacy.erase(user=user)
        logout(request)
        return render(request, "me/erased.html")
    context = {
        "owned": owned_by(user),
        "signed": signed_by_others(user),
        "typed": typed,
        "wrong": request.method == "POST",
    }
    return render(request, "me/erase.html", context, status=400 if context["wrong"] else 200)


def owned_by(user: Any) -> list[Brand]:
    return [place.brand for place in places_of(user) if place.role == Role.OWNER]
