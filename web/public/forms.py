"""The shape of a new idea. What an idea may be is checked by ideas.domain.ideas alone."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import DomainError
from ideas.enums import ReportReason
from ideas.models import Challenge
from ideas.models.idea import BODY_LENGTH, TITLE_LENGTH


class OwnWords(forms.Form):
    """A form whose refusals come from the domain, in the reader's language."""

    use_required_attribute = False

    def blame(self, error: DomainError) -> None:
        """Put a refusal beside the fields it names, else above them all."""
        for field, problems in error.fields.items():
            for _code, message in problems:
                self.add_error(field if field in self.fields else None, message)
        if not error.fields:
            self.add_error(None, str(error.message))


class CommentForm(OwnWords):
    # No maxlength: a browser would cut what is pasted, in silence.
    body = forms.CharField(
        label=_("Your comment"),
        required=False,
        strip=False,
        help_text=_("You can write **bold**, *italic*, [a link](https://…) and - lists."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    official = forms.BooleanField(required=False)


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


class IdeaForm(OwnWords):
    challenge = forms.ChoiceField(
        label=_("Which question does it answer?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a question."),
            "invalid_choice": _("Choose one of these questions."),
        },
    )
    title = forms.CharField(
        label=_("Your idea in one sentence"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": TITLE_LENGTH, "autocomplete": "off"}),
    )
    body = forms.CharField(
        label=_("Tell us more"),
        required=False,
        help_text=_(
            "What would it change, and for whom? You can write **bold**, *italic*, "
            "[a link](https://…) and - lists."
        ),
        widget=forms.Textarea(attrs={"maxlength": BODY_LENGTH, "rows": 8}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        help_text=_("A few words that help others find it, separated by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of your idea"), choices=settings.LANGUAGES)
    accept_licence = forms.BooleanField(
        label=_("I accept these terms for my idea."), required=False
    )

    def __init__(
        self, *args: Any, challenges: list[Challenge], languages: list[str], **kwargs: Any
    ) -> None:
        """`languages`: those of the community; none: all."""
        super().__init__(*args, **kwargs)
        if languages:
            self.fields["language"].choices = [
                (code, name) for code, name in settings.LANGUAGES if code in languages
            ]
        self.challenges = {challenge.slug: challenge for challenge in challenges}
        self.fields["challenge"].choices = [
            (challenge.slug, challenge.title) for challenge in challenges
        ]

    def clean_tags(self) -> list[str]:
        return [
            tag.strip()
            for tag in self.cleaned_data["tags"].replace("#", "").split(",")
            if tag.strip()
        ]

    def content(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("title", "body", "tags", "language", "accept_licence")
        }

    def chosen(self) -> Challenge:
        return self.challenges[self.cleaned_data["challenge"]]

    def licences(self) -> list[Challenge]:
        """The questions that ask for an agreement."""
        return [
            challenge
            for challenge in self.challenges.values()
            if challenge.rules and challenge.rules.licence
        ]
