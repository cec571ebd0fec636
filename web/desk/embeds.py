"""What a page of another site needs to show the brand's ideas: lines to copy, made to order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.domain import keys
from accounts.enums import Visibility
from accounts.models import ApiKey, Brand
from accounts.rules import can_manage_keys
from cocreate.lib import scripts
from cocreate.lib.accents import accents_elsewhere
from cocreate.lib.errors import NotFound
from ideas.access import challenges_of, idea_or_404
from ideas.enums import Sort
from web.desk.common import DeskForm, desk_of
from web.pages import page
from web.sorts import TABS

BOARD, VOTE, LAUNCHER = "board", "vote", "launcher"
REST = "…"  # of a key: we know its beginning alone
NO_KEY = f"cow_{REST}"
MOST_LISTED = 50
CODE_IN_ADDRESS = re.compile(r"(?:.*/i/)?([a-z0-9]{1,12})(?:/.*)?", re.DOTALL)
SORTS = [
    (sort, label) for sort, label in TABS.items() if sort != Sort.UNSEEN
]  # that needs a reader
LIST, LOOK = ["challenge", "sort", "limit"], ["lang", "theme"]
INITIAL = {"show": BOARD, "limit": "5"}


class EmbedForm(DeskForm):
    """What to show, and how. Nothing is saved: an address of this page is all there is."""

    key = forms.CharField(
        label=_("Widget key"),
        required=False,
        help_text=_("Begins with cow_. It was shown when you made it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    show = forms.ChoiceField(
        label=_("What to show"),
        choices=[
            (BOARD, _("A list of ideas")),
            (VOTE, _("The vote on one idea")),
            (LAUNCHER, _("A button in the corner")),
        ],
        widget=forms.RadioSelect,
    )
    idea = forms.CharField(
        label=_("The idea"),
        required=False,
        help_text=_("For the vote on one idea: its address."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    challenge = forms.ChoiceField(label=_("Ideas of"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False)
    limit = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_LISTED)
    lang = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(
        label=_("Light or dark"),
        required=False,
        choices=[
            ("", _("As the page")),
            ("auto", _("As the reader’s system")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ],
    )

    def __init__(self, brand: Brand, user: Any, data: dict[str, str]) -> None:
        if data.get("show") == VOTE:  # what does not matter then cannot be wrong
            data = {name: text for name, text in data.items() if name not in LIST}
        super().__init__(INITIAL | data)
        self.brand, self.user, self.found = brand, user, None
        questions = [(one.slug, one.title) for one in challenges_of(brand)]
        self.fields["challenge"].choices = [("", _("All questions")), *questions]
        self.fields["sort"].choices = [("", _("Our usual order")), *SORTS]
        self.fields["lang"].choices = [("", _("As the page")), *settings.LANGUAGES]

    def clean_key(self) -> str:
        secret: str = self.cleaned_data["key"].strip()
        if secret and not self.is_beginning(secret):
            self.found = keys.find_key(secret) if secret.isascii() else None
            if self.found is None or not self.is_ours(self.found):
                raise forms.ValidationError(_("That is no widget key of yours that works."))
        return secret

    def is_beginning(self, secret: str) -> bool:
        """Of a key of theirs that works, as their list of keys leads here."""
        mine = (key for key in keys.keys_of(self.brand) if key.is_widget and key.works)
        return secret.endswith(REST) and secret.removesuffix(REST) in {key.prefix for key in mine}

    def is_ours(self, key: ApiKey) -> bool:
        return key.is_widget and key.brand_id == self.brand.pk

    def clean_idea(self) -> str:
        """The code in an address that was copied from a browser, or a code."""
        sent: str = self.cleaned_data["idea"].strip()
        if self.data.get("show") != VOTE:
            return ""
        if not sent:
            raise forms.ValidationError(_("Paste the address of the idea."))
        match = CODE_IN_ADDRESS.fullmatch(sent)
        try:
            return idea_or_404(self.user, match[1] if match else "", brand=self.brand).code
        except NotFound as error:
            raise forms.ValidationError(_("There is no such idea of yours.")) from error


@dataclass(frozen=True)
class Embed:
    """What was chosen, as the elements and frames of docs/embed.md take it."""

    brand: Brand
    sent: dict[str, Any]

    @property
    def key(self) -> str:
        return self.sent["key"] or NO_KEY

    @property
    def is_vote(self) -> bool:
        return bool(self.sent["show"] == VOTE)

    @property
    def is_launcher(self) -> bool:
        return bool(self.sent["show"] == LAUNCHER)

    @property
    def script(self) -> str:
        return scripts.LAUNCHER if self.is_launcher else scripts.ELEMENTS

    @property
    def todays_script(self) -> str:
        address = f"{settings.PUBLIC_URL}/embed/v1/{scripts.todays(self.script)}"
        return tag("script", [("type", "module"), ("src", address)]) + "</script>"

    @property
    def this_script(self) -> str:
        """This version and no other: the browser refuses any that is not it."""
        script = scripts.today(self.script)
        address = f"{settings.PUBLIC_URL}/embed/v1/{script.name}"
        known = [("type", "module"), ("src", address), ("integrity", script.integrity)]
        return tag("script", [*known, ("crossorigin", "anonymous")]) + "</script>"

    @property
    def accent(self) -> str:
        """Of a button that asks nobody before it is pressed: its colours in the light and dark."""
        shades = accents_elsewhere(self.brand.look)
        return f"{shades['light']} {shades['dark']}"

    @property
    def chosen(self) -> list[tuple[str, Any]]:
        names = LOOK if self.is_vote else [*LIST, *LOOK]
        own = [("accent", self.accent)] if self.is_launcher else []
        return [*((name, self.sent[name]) for name in names if self.sent[name]), *own]

    @property
    def element(self) -> str:
        """With a link inside for browsers that run no script."""
        code = self.sent["idea"]
        if self.is_vote:
            own, path, words = ("idea", code), f"/i/{code}/", gettext("Vote on this idea")
        else:
            own, path = ("brand", self.brand.slug), f"/b/{self.brand.slug}/"
            words = self.brand.name
        link = f'  <a href="{settings.PUBLIC_URL}{path}">{escape(words)}</a>'
        start = tag(f"cocreate-{self.sent['show']}", [own, ("key", self.key), *self.chosen])
        return f"{start}\n{link}\n</cocreate-{self.sent['show']}>"

    @property
    def frame(self) -> str:
        place = f"ideas/{self.sent['idea']}" if self.is_vote else f"brands/{self.brand.slug}"
        query = "&".join(f"{name}={value}" for name, value in [("key", self.key), *self.chosen])
        address = f"{settings.PUBLIC_URL}/embed/v1/{place}/?{query}"
        size = [("width", "100%"), ("height", 440 if self.is_vote else 720)]
        return tag("iframe", [("src", address), ("title", self.brand.name), *size]) + "</iframe>"


def tag(name: str, attributes: Iterable[tuple[str, Any]]) -> str:
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes)
    return f"<{name}{written}>"


@page
@require_safe
def embeds(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_keys)
    form = EmbedForm(brand, request.user, request.GET.dict())
    embed = Embed(brand, form.cleaned_data) if form.is_valid() else None
    context = {
        "brand": brand,
        "form": form,
        "embed": embed,
        "key": form.found,
        "begins": form.cleaned_data["key"] if embed and not form.found else "",
        "is_public": brand.visibility == Visibility.PUBLIC,
        "audience": settings.PUBLIC_URL,
        "language": get_language(),
    }
    return render(request, "desk/embeds.html", context, status=200 if embed else 400)
