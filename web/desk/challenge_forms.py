"""The editor of a challenge as a form: words, rules and phases. What may be is decided by the
verbs.
"""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.text import slug_of
from ideas.domain.challenge_drafts import free_slug
from ideas.domain.challenges import RULE_FIELDS, WORDS, check_all, differing, rules_of
from ideas.domain.rule_changes import planned
from ideas.enums import Mode, Period, Voters
from ideas.models import Challenge, Rules
from web.desk.common import DeskForm
from web.desk.phase_rows import Phases

FEWEST_POINTS = 2
NAMELESS = "question"  # the address where the words have no Latin letter
MODES = [
    (Mode.UP, _("For: people support an idea, or they do not")),
    (Mode.UP_DOWN, _("For or against: people may also say no")),
    (Mode.POINTS, _("Points: people give an idea one or more")),
]
VOTERS = [
    (Voters.EVERYBODY, _("Everybody who may see the question and has confirmed an account")),
    (Voters.ADMITTED, _("The people you have admitted, and your team; all others read and post")),
    (Voters.TEAM, _("Your team alone; all others read and post")),
]
PERIODS = [
    (Period.CHALLENGE, _("Once, for the whole question")),
    (Period.WEEK, _("Every week, on Monday")),
    (Period.MONTH, _("Every month, on the first")),
    (Period.QUARTER, _("Every quarter, on its first day")),
]
ONE_OF_THESE = {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}
WHOLE = {"invalid": _("Write a whole number."), "required": _("Write a whole number.")}


class WordsForm(DeskForm):
    title = forms.CharField(
        label=_("Your question"),
        required=False,
        help_text=_("One sentence that anybody understands, and that many answers fit."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    slug = forms.CharField(
        label=_("Address"),
        required=False,
        help_text=_("Small letters, digits and -. Leave it empty and we make one of the question."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    body = forms.CharField(
        label=_("What it is about"),
        required=False,
        strip=False,
        help_text=_(
            "What you know already, what is fixed, what happens with the ideas. You can write"
            " **bold**, *italic*, [a link](https://…) and - lists."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    language = forms.ChoiceField(
        label=_("Language of the question"),
        choices=settings.LANGUAGES,
        error_messages=ONE_OF_THESE,
    )

    def content(self, brand: Brand) -> dict[str, Any]:
        sent = {name: self.cleaned_data[name] for name in WORDS if name in self.cleaned_data}
        if "slug" in sent and not sent["slug"].strip():
            sent["slug"] = free_slug(brand, slug_of(sent.get("title", "")) or NAMELESS)
        return sent


class RulesForm(DeskForm):
    mode = forms.ChoiceField(
        label=_("How people vote"),
        choices=MODES,
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
    max_points = forms.IntegerField(
        label=_("Points that one idea may get from one person, at most"),
        help_text=_("Where people vote by points: 2 to 10."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=WHOLE,
    )
    budget = forms.IntegerField(
        label=_("Votes, or points, that each person has"),
        required=False,
        help_text=_("A limit makes people choose. Empty: as many as they like."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=WHOLE,
    )
    budget_period = forms.ChoiceField(
        label=_("They get them"), choices=PERIODS, error_messages=ONE_OF_THESE
    )
    half_life = forms.CharField(
        label=_("Half-life of a vote, in days"),
        required=False,
        help_text=_(
            "After so many days a vote moves an idea half as far up in the order “hot”. Short: the"
            " list changes fast. Counts never shrink."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    who_votes = forms.ChoiceField(
        label=_("Who may vote"),
        choices=VOTERS,
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
    votes_leave = forms.BooleanField(
        label=_("Whoever deletes their account takes their votes along"), required=False
    )
    licence = forms.CharField(
        label=_("Terms that people accept when they post"),
        required=False,
        strip=False,
        help_text=_(
            "What may be done with an idea. The text, its version and the time are kept with each"
            " idea. Empty: nothing to accept."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, stored: Rules | None = None, **kwargs: Any) -> None:
        """`stored`: the rules that the form was filled with."""
        super().__init__(*args, **kwargs)
        self.stored = stored

    def clean_half_life(self) -> timedelta:
        """As it was where nobody touched it: days with four decimals are not every span."""
        text = self.cleaned_data["half_life"].strip()
        if self.stored is not None and text == days_of(self.stored.half_life):
            return self.stored.half_life
        try:
            days = Decimal(text.replace(",", "."))
        except InvalidOperation:
            days = Decimal("NaN")
        if not days.is_finite() or not 0 < days < 100_000:
            raise forms.ValidationError(_("Write a number of days, such as 30."))
        return timedelta(seconds=round(days * 86_400))

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULE_FIELDS if name in self.cleaned_data}


class Editor:
    """The whole form. `revision`: the state of the challenge that it was filled from; 0 is none."""

    def __init__(self, words: WordsForm, rules: RulesForm, phases: Phases, revision: int) -> None:
        self.words, self.rules, self.phases, self.revision = words, rules, phases, revision
        self.challenge: Challenge | None = None
        self.problem = ""  # of the whole

    @classmethod
    def of(cls, challenge: Challenge) -> "Editor":
        rules = rules_of(challenge)
        given = {name: getattr(rules, name) for name in RULE_FIELDS}
        given |= {
            "half_life": days_of(rules.half_life),
            "max_points": max(2, rules.max_points),
        }
        words = WordsForm(initial={name: getattr(challenge, name) for name in WORDS})
        return cls(words, RulesForm(initial=given), Phases.of(rules), challenge.revision)

    @classmethod
    def beginning(cls, brand: Brand) -> "Editor":
        rules = Rules()
        given = {name: getattr(rules, name) for name in RULE_FIELDS}
        given |= {"half_life": days_of(rules.half_life), "max_points": 5}
        words = WordsForm(initial={"language": brand.language})
        return cls(words, RulesForm(initial=given), Phases.beginning(), 0)

    @classmethod
    def sent(cls, data: QueryDict, challenge: Challenge | None = None) -> "Editor":
        stored = rules_of(challenge) if challenge else None
        editor = cls(
            WordsForm(data), RulesForm(data, stored=stored), Phases.sent(data), sent_revision(data)
        )
        editor.challenge = challenge
        return editor

    @classmethod
    def sent_to(cls, data: QueryDict, challenge: Challenge) -> "Editor":
        """Of a public question: its address stays, and a part that was not sent is as it is."""
        editor, sent = cls.of(challenge), cls.sent(data, challenge)
        editor.revision, editor.challenge = sent.revision, challenge
        if "title" in data:
            editor.words = sent.words
        if "zone" in data and not challenge.is_permanent:
            editor.rules, editor.phases = sent.rules, sent.phases
        editor.words.fields.pop("slug")
        return editor

    def rules_content(self, brand: Brand) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The rules and the phases. Raises Invalid as content()."""
        return self._checked(brand, {})

    def content(self, brand: Brand) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
        """Words, rules, phases. Raises Invalid where a form is wrong, with all that the verbs would
        refuse of the rest: nobody corrects a date only to be told that the title is too short.
        """
        is_well_said = self.words.is_valid()
        words = self.words.content(brand)
        return words, *self._checked(brand, words, is_well_said=is_well_said)

    def _checked(
        self, brand: Brand, words: dict[str, Any], *, is_well_said: bool = True
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        is_well_ruled = self.rules.is_valid()
        phases, problems = self.phases.content()
        if is_well_said and is_well_ruled and not problems:
            return points_only_where_given(self.rules), phases
        try:
            check_all(brand, self.challenge, words, self._readable_rules(), phases)
        except Invalid as error:
            problems = error.fields | problems
        raise Invalid(fields=problems)

    def _readable_rules(self) -> dict[str, Any]:
        """Without those that are no number or no choice."""
        if "mode" not in self.rules.cleaned_data:
            return {}
        # A budget is not compared with today's points where those that were sent cannot be read.
        return {"max_points": FEWEST_POINTS} | points_only_where_given(self.rules)

    def has_other_words(self, challenge: Challenge) -> bool:
        """Whether words were sent that are not saved, be they right or wrong."""
        if not self.words.is_bound:
            return False
        try:
            return not self.words.is_valid() or bool(
                differing(challenge, self.words.content(challenge.brand))
            )
        except Invalid:
            return True

    def has_other_rules(self, challenge: Challenge) -> bool:
        """The same of rules; what is wrong with them is said."""
        if not self.rules.is_bound:
            return False
        try:
            rules, phases = self.rules_content(challenge.brand)
            return bool(planned(challenge=challenge, rules=rules, phases=phases).changes)
        except Invalid as error:
            self.blame(error)
            return True

    @property
    def is_unsaved(self) -> bool:
        return self.words.is_bound or self.rules.is_bound

    def blame(self, error: DomainError) -> None:
        """Put each refusal where it belongs; what the forms have said already is not said again."""
        self.phases.blame(error)
        own = {name: found for name, found in error.fields.items() if not is_of_phases(name)}
        for form in (self.words, self.rules):
            mine = {
                name: found
                for name, found in own.items()
                if name in form.fields and name not in form.errors
            }
            if mine and form.is_bound:
                form.blame(Invalid(fields=mine))
        if not error.fields and not self.has_errors:
            self.problem = str(error.message)

    @property
    def has_errors(self) -> bool:
        return bool(
            self.words.errors
            or self.rules.errors
            or self.phases.problems
            or any(row.problems for row in self.phases.rows)
        )


def points_only_where_given(form: RulesForm) -> dict[str, Any]:
    """The form keeps the number of points ready; a question without points has none."""
    rules = form.content()
    if rules["mode"] == Mode.POINTS:
        return rules
    is_as_it_was = form.stored is not None and form.stored.mode == rules["mode"]
    return rules | {"max_points": form.stored.max_points if is_as_it_was else 1}


def is_of_phases(name: str) -> bool:
    return name.partition(".")[0] == "phases"


def days_of(span: timedelta) -> str:
    """ "30", "0.5": up to four decimals."""
    days = (Decimal(span // timedelta(seconds=1)) / 86_400).quantize(Decimal("0.0001"))
    return f"{days.normalize():f}"


def sent_revision(data: QueryDict) -> int:
    text = data.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
