"""The pictures of a form: what is there already, and what is sent with it. Those that arrived are
kept whatever else needs a correction; the form comes back with them, by code.

partials/images_field.html shows it. It works without scripts; static/js/images.js sends each
picture by itself, and the form then only names it.
"""

import re
import unicodedata
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import limits
from accounts.domain.participants import of_user
from accounts.models import Brand
from cocreate.lib.errors import DomainError
from cocreate.lib.uploads import pictures_in
from ideas.domain import images
from ideas.models import Idea, Image
from ideas.models.image import ALT_LENGTH, MOST_IMAGES

CODE = re.compile(r"[0-9a-z]{6,12}")
LONGEST_NAME = 60


class Codes(forms.Widget):
    """Hidden inputs of one name."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [code for code in sent if CODE.fullmatch(code)]


class WithPictures(forms.Form):
    """A form with pictures, for the user of the request: those of `idea`, or the codes that
    `initial["images"]` names. Checked, `cleaned_data["images"]` are the codes in their order and
    `alts()` their descriptions, as ideas.domain.images.attach() takes them.
    """

    images = forms.Field(label=gettext_lazy("Pictures"), required=False, widget=Codes())

    def __init__(
        self,
        *args: Any,
        request: HttpRequest,
        brand: Brand,
        idea: Idea | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.brand, self.idea = request, brand, idea
        self.upload_path = reverse("upload_picture", args=[brand.slug])
        self.most_pictures, self.alt_length = MOST_IMAGES, ALT_LENGTH
        self.pictures: list[Image] = [] if self.is_bound else self._at_first()

    def clean_images(self) -> list[str]:
        problems: list[str] = []
        codes = _arranged(self.data, self.cleaned_data["images"])
        kept = self._rows(codes)
        if len(kept) < len(set(codes)):
            problems.append(_("A picture is not there any more. Choose it again."))
        self.pictures = kept + self._sent(MOST_IMAGES - len(kept), problems)
        for image in kept:
            self._describe(image, problems)
        if problems:
            raise forms.ValidationError(problems)
        return [image.code for image in self.pictures]

    def alts(self) -> dict[str, str]:
        return {image.code: image.alt for image in self.pictures}

    def remind(self) -> None:
        """Whoever posted a picture without a word for those who cannot see it: asked, not made."""
        missing = sum(not image.alt for image in self.pictures)
        if missing:
            words = ngettext(
                "{n} picture has no description yet: people who cannot see it would thank you for"
                " one. Change your idea to add it.",
                "{n} pictures have no description yet: people who cannot see them would thank you"
                " for one each. Change your idea to add them.",
                missing,
            )
            messages.info(self.request, words.format(n=missing))

    def _at_first(self) -> list[Image]:
        if self.idea is not None:
            return images.of(self.idea)
        return self._rows(self.initial.get("images") or [])

    def _rows(self, codes: list[str]) -> list[Image]:
        if not codes:
            return []
        user: Any = self.request.user
        return images.usable(brand=self.brand, user=user, codes=codes, idea=self.idea)

    def _sent(self, room: int, problems: list[str]) -> list[Image]:
        """What was sent with the form itself, with a line of description each."""
        words = str(self.data.get("new_alts", "")).splitlines()
        found: list[Image] = []
        for n, (name, read) in enumerate(pictures_in(self.request, "new_images")):
            if len(found) >= room:
                problems.append(_("An idea has {n} pictures at most.").format(n=MOST_IMAGES))
                break
            try:
                limits.upload_as_member(user_id=self.request.user.pk)
                alt = words[n] if n < len(words) else ""
                found.append(self._upload(read(), alt))
            except DomainError as error:
                problems.append(f"{shown_name(name)}: {sentence(error)}")
        return found

    def _upload(self, source: bytes, alt: str) -> Image:
        author = partial(of_user, brand=self.brand, user=self.request.user)
        return images.upload(brand=self.brand, uploader=author, source=source, alt=alt)

    def _describe(self, image: Image, problems: list[str]) -> None:
        image.alt = str(self.data.get(f"alt-{image.code}", image.alt))
        try:
            image.alt = images.clean_alt(image.alt)
        except DomainError as error:
            problems.append(sentence(error))


def alts_in(request: HttpRequest) -> dict[str, str]:
    """The descriptions that a form has for its pictures, by code."""
    codes = [code for code in request.POST.getlist("images") if CODE.fullmatch(code)]
    return {
        code: request.POST[f"alt-{code}"]
        for code in codes[:MOST_IMAGES]
        if f"alt-{code}" in request.POST
    }


def _arranged(data: Any, codes: list[str]) -> list[str]:
    """Without those to be removed, in the order of the places chosen without scripts."""
    gone = set(data.getlist("remove_image") if hasattr(data, "getlist") else [])
    codes = [code for code in dict.fromkeys(codes) if code not in gone]

    def place(code: str) -> float:
        """Whoever says 1 of the third wants it before the first."""
        chosen, n = str(data.get(f"place-{code}", "")), codes.index(code) + 1
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 3) or int(chosen) == n:
            return n
        return int(chosen) + (-0.5 if int(chosen) < n else 0.5)

    return sorted(codes, key=place)


def sentence(error: DomainError) -> str:
    first = next(iter(error.fields.values()), None)
    return str(first[0][1] if first else error.message)


def shown_name(name: str) -> str:
    """Of somebody's file, without the signs that write backwards or nothing."""
    words = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    return words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME]}…"
