"""The shape of what people write. What it may be is checked by the domain alone."""

import re
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.text import one_line
from ideas.domain.drafts import Words, code_in, words_from
from ideas.domain.ideas import Problems, faults_of, licence_faults
from ideas.domain.tags import most_used
from ideas.enums import ReportReason
from ideas.models import Challenge
from web.public.picture_fields import WithPictures

VERSION = re.compile(r"[0-9]{1,9}")


class OwnWords(forms.Form):
    """A form whose refusals come from the domain, in the reader's language."""

    use_required_attribute = False
    first_ids: ClassVar[dict[str, str]] = {}  # of fields that are several inputs

    def mistakes(self) -> list[tuple[str, str]]:
        """All that is refused beside a field, with the id of the input to go to."""
        return [
            (self.first_ids.get(name) or self[name].auto_id, message)
            for name in self.fields
            for message in self.errors.get(name, ())
        ]

    def blame(self, error: DomainError) -> None:
        """Put a refusal beside the fields it names, else above them all."""
        for field, problems in error.fields.items():
            for _code, message in problems:
                self.add_error(field if field in self.fields else None, message)
        if not error.fields:
            self.add_error(None, str(error.message))

    def blame_fields(self, problems: Problems) -> None:
        """None where there are none."""
        if problems:
            self.blame(Invalid(fields=problems))


def first_name() -> forms.CharField:
    """Of whoever came by their address alone; asked for with the first words that are public."""
    return forms.CharField(
        label=_("Your name"),
        required=False,
        help_text=_("Shown beside what you write. It need not be your full name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


class Chosen(forms.MultipleChoiceField):
    """Some of what was offered; what is offered no more is no mistake."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: list[str]) -> None:
        """Whatever it is, the domain looks at it as at what was typed."""


class CommentForm(OwnWords):
    # No maxlength: a browser would cut what is pasted, in silence.
    body = forms.CharField(
        label=_("Your comment"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    official = forms.BooleanField(required=False)
    display_name = first_name()


class ReportForm(OwnWords):
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        required=False,
        choices=ReportReason,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose a reason from the list.")},
    )
    detail = forms.CharField(
        label=_("Tell the team more, if you like"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class IdeaText(WithPictures, OwnWords):
    """What an idea says, new or changed."""

    # As they stand on the page.
    field_order = (
        "challenge", "title", "body", "images", "tags", "chips", "language", "accept_licence",
    )  # fmt: skip
    first_ids: ClassVar[dict[str, str]] = {"images": "new-images", "challenge": "id_challenge_0"}

    title = forms.CharField(
        label=_("Your idea in one sentence"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    # No maxlength: a browser would cut what is pasted, in silence.
    body = forms.CharField(
        label=_("Tell us more"),
        required=False,
        strip=False,
        help_text=_("What would it change, and for whom?"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        help_text=_("A few words that help others find it, separated by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    chips = Chosen(label=_("Often used here:"), required=False)
    language = forms.ChoiceField(label=_("Language of your idea"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, brand=brand, **kwargs)
        if brand.languages:
            self.fields["language"].choices = [
                (code, name) for code, name in settings.LANGUAGES if code in brand.languages
            ]
        typed = {tag.casefold() for tag in split(str(self["tags"].value() or ""))}
        offered = [tag for tag in most_used(brand) if tag not in typed]
        self.fields["chips"].choices = [(tag, tag) for tag in offered]

    def clean_tags(self) -> list[str]:
        return split(self.cleaned_data["tags"])

    def clean(self) -> None:
        """All that the verb would refuse, beside what the fields refuse: one round of corrections.
        A title is always sent, if only an empty one.
        """
        texts = {name: self.cleaned_data.get(name) for name in ("title", "body")}
        tags = [*self.cleaned_data.get("tags", []), *self.cleaned_data.get("chips", [])]
        self.blame_fields(faults_of(texts | {"tags": tags}))

    def content(self) -> dict[str, Any]:
        """As ideas.domain.ideas takes it, with the pictures."""
        texts = {name: self.cleaned_data[name] for name in ("title", "body", "language", "images")}
        tags = self.cleaned_data["tags"] + self.cleaned_data["chips"]
        return texts | {"tags": tags, "alts": self.alts()}

    def words(self) -> Words:
        """What was typed, however much of it needs a correction."""
        tags = [*split(str(self.data.get("tags", ""))), *self.data.getlist("chips")]
        sent = {name: self.data.get(name) for name in ("title", "body", "language", "challenge")}
        return words_from(sent | {"tags": ", ".join(tags)}, [row.code for row in self.pictures])

    def tags_as_kept(self) -> list[str]:
        """Those that were typed and chosen, as the idea will show them."""
        return list(dict.fromkeys(one_line(tag).lower() for tag in split(self.words().tags)))

    def forgive(self) -> None:
        """Nobody is told what is missing while they only look at what they have."""
        for name in set(self.errors) - {"images"}:
            del self.errors[name]


class IdeaForm(IdeaText):
    challenge = forms.ChoiceField(
        label=_("Which question does it answer?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a question."),
            "invalid_choice": _("Choose one of these questions."),
        },
    )
    accept_licence = forms.BooleanField(
        label=_("I accept these terms for my idea."), required=False
    )
    draft = forms.CharField(required=False, widget=forms.HiddenInput)
    # The terms that stood on the page, as "<question>:<version> …".
    terms = forms.CharField(required=False, widget=forms.HiddenInput)
    is_none_of_these = forms.BooleanField(required=False, widget=forms.HiddenInput)
    display_name = first_name()

    def __init__(self, *args: Any, challenges: list[Challenge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenges = {challenge.slug: challenge for challenge in challenges}
        self.fields["challenge"].choices = [
            (challenge.slug, challenge.title) for challenge in challenges
        ]

    def clean(self) -> None:
        super().clean()
        if "challenge" in self.cleaned_data:
            self.blame_fields(licence_faults(self.chosen(), **self.agreement()))

    def agreement(self) -> dict[str, Any]:
        """Terms that were not on the page have no version that is."""
        terms = self.cleaned_data.get("terms", "").split()
        read = dict(term.split(":", 1) for term in terms if ":" in term)
        version = read.get(self.chosen().slug, "")
        return {
            "is_accepted": self.cleaned_data["accept_licence"],
            "version": int(version) if VERSION.fullmatch(version) else 0,
        }

    def questions(self) -> list[tuple[Any, Challenge]]:
        """Each choice with what it is about."""
        return list(zip(self["challenge"], self.challenges.values(), strict=True))

    def content(self) -> dict[str, Any]:
        """As post_idea() takes it."""
        agreement = self.agreement()
        return super().content() | {
            "accept_licence": agreement["is_accepted"],
            "licence_version": agreement["version"],
            "code": code_in(self.cleaned_data["draft"]),
        }

    def blame(self, error: DomainError) -> None:
        """Terms that changed are accepted anew."""
        super().blame(error)
        if "accept_licence" in error.fields:
            self.data = self.data.copy()
            self.data.pop("accept_licence", None)

    def chosen(self) -> Challenge:
        return self.challenges[self.cleaned_data["challenge"]]

    def licences(self) -> list[Challenge]:
        """The questions that ask for an agreement."""
        return [
            challenge
            for challenge in self.challenges.values()
            if challenge.rules and challenge.rules.licence
        ]

    def terms_shown(self) -> str:
        return " ".join(
            f"{challenge.slug}:{challenge.rules.licence_version}"
            for challenge in self.licences()
            if challenge.rules
        )


class EditForm(IdeaText):
    """`revision`: the one they started from."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


def split(tags: str) -> list[str]:
    return [tag.strip() for tag in tags.replace("#", "").split(",") if tag.strip()]
