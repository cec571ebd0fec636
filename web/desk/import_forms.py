"""What somebody sends to import a table: the file, then what each of its columns is."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ideas.importers import values
from ideas.importers.columns import COLUMNS, Plan
from ideas.models import Challenge, ImportBatch
from web.desk.common import DeskForm

SPOKEN = ["en", "fr", "de", "es", "it", "nl", "pt"]  # what search knows the words of
ONE_OF_THESE = gettext_lazy("Choose one of these.")


def asked(questions: Iterable[Challenge]) -> list[tuple[str, str]]:
    """Drafts last: nobody should fill one by accident."""
    return [
        (one.slug, one.title if one.is_published else _("{title} (draft)").format(title=one.title))
        for one in sorted(questions, key=lambda one: not one.is_published)
    ]


class UploadForm(DeskForm):
    challenge = forms.ChoiceField(
        label=gettext_lazy("Question"),
        help_text=gettext_lazy("The ideas become answers to it."),
        error_messages={"required": ONE_OF_THESE, "invalid_choice": ONE_OF_THESE},
    )

    def __init__(self, questions: Iterable[Challenge], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["challenge"].choices = asked(questions)  # type: ignore[attr-defined]


class PlanForm(UploadForm):
    """A select for each column of ours, with those of the file."""

    date_format = forms.ChoiceField(
        label=gettext_lazy("Dates are written as"),
        required=False,
        choices=[("", gettext_lazy("As the file shows")), *values.ORDERS.items()],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the ideas"),
        required=False,
        help_text=gettext_lazy("Of those whose row says none."),
    )

    def __init__(
        self, batch: ImportBatch, questions: Iterable[Challenge], *args: Any, **kwargs: Any
    ) -> None:
        self.plan = plan = Plan.from_json(batch.plan)
        kwargs["initial"] = {
            "challenge": batch.challenge.slug,
            "date_format": values.order_of(plan.date_format),
            "language": plan.language,
        } | {f"column_{ours}": theirs for ours, theirs in plan.columns.items()}
        super().__init__(questions, *args, **kwargs)
        names: Any = [(code, LANG_INFO[code]["name_local"]) for code in SPOKEN]
        self.fields["language"].choices = [("", _("As the question")), *names]  # type: ignore[attr-defined]
        for ours, column in COLUMNS.items():
            self.fields[f"column_{ours}"] = forms.ChoiceField(
                label=column.label,
                required=False,
                choices=[("", "—"), *((name, name) for name in plan.shape.columns)],
                error_messages={"invalid_choice": ONE_OF_THESE},
            )

    @property
    def columns(self) -> list[Any]:
        return [self[f"column_{ours}"] for ours in COLUMNS]

    def chosen(self) -> dict[str, str]:
        """Their columns by ours."""
        return {ours: self.cleaned_data[f"column_{ours}"] for ours in COLUMNS}

    def blame(self, error: Any) -> None:
        """A refusal names our columns as the verbs call them."""
        for field, problems in error.fields.items():
            name = f"column_{field}" if field in COLUMNS else field
            for _code, message in problems:
                self.add_error(name if name in self.fields else None, message)
        if not error.fields:
            self.add_error(None, str(error.message))
