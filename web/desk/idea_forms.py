"""What a team writes about one idea, or about many. What may be is decided by the verbs."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.account_forms import LONGEST_ADDRESS, NO_ADDRESS
from accounts.domain.stopping import LONGEST_REASON
from ideas.domain.challenges import State
from ideas.domain.decisions import SHORTEST_REASONING
from ideas.domain.ideas import REASON_LENGTH
from ideas.domain.statuses import Graph, Step
from ideas.enums import DeclineReason, Mode
from ideas.models import Idea
from web.desk.common import DeskForm


class IdeaForm(DeskForm):
    """One of several on a page: the ids of its fields begin with its own name."""

    own = "status"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{self.own}_%s", **kwargs)


def lines(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attributes})


class StatusForm(IdeaForm):
    """`now`: the status of the idea; choosing it again only says how it stands."""

    status = forms.CharField(
        label=_("Next status"), error_messages={"required": _("Choose a status.")}
    )
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", "—"), *DeclineReason.choices]
    )
    message = forms.CharField(
        label=_("What you say to the people behind it"),
        required=False,
        strip=False,
        widget=lines(3),
    )

    def __init__(self, *args: Any, graph: Graph, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.after = graph.step(now), graph.after(now)

    @property
    def options(self) -> list[tuple[Step, bool]]:
        """Where the idea may go, and whether it is the chosen step; last, to stay."""
        chosen = self["status"].value()
        return [(step, step.key == chosen) for step in [*self.after, self.now]]

    @property
    def needs_reason(self) -> bool:
        return any(step.needs_reason for step in self.after)

    @property
    def shortest(self) -> int:
        return SHORTEST_REASONING

    @property
    def missing(self) -> int:
        """How many characters, where the step needs a reason (decisions.py counts alike)."""
        written = " ".join((self["message"].value() or "").split())
        return max(0, SHORTEST_REASONING - len(written))


class ManyStatusForm(StatusForm):
    """The steps that any of these ideas may take."""

    own = "many"

    def __init__(self, *args: Any, graph: Graph, ideas: Sequence[Idea], **kwargs: Any) -> None:
        super().__init__(*args, graph=graph, now=ideas[0].status, **kwargs)
        self.fields["message"].label = _("What you say to the people behind them")
        self.takers = Counter(step.key for idea in ideas for step in graph.after(idea.status))
        self.after = [step for step in graph.steps.values() if self.takers[step.key]]

    @property
    def wide_options(self) -> list[tuple[Step, int, bool]]:
        """Each step, how many of the ideas may take it, and whether it is the chosen one."""
        chosen = self["status"].value()
        return [(step, self.takers[step.key], step.key == chosen) for step in self.after]


class AnswerForm(IdeaForm):
    own = "answer"
    body = forms.CharField(
        label=_("Your answer"),
        required=False,
        strip=False,
        help_text=_("Stands above all comments, in the name of the brand. Markdown works."),
        widget=lines(4),
    )


class NoteForm(IdeaForm):
    own = "note"

    body = forms.CharField(label=_("Note"), required=False, strip=False, widget=lines(2))


class BehalfForm(IdeaForm):
    """A vote for somebody else, by the rules of the idea's question. The address is a field of text
    to the browser: what waits in one is kept while other ideas are looked at (triage.js).
    """

    own = "behalf"

    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("We keep what recognises it, not the address. They get no mail."),
        error_messages={"required": _("Type their e-mail address."), "invalid": NO_ADDRESS},
        widget=forms.TextInput(
            attrs={"inputmode": "email", "autocomplete": "off", "autocapitalize": "none"}
        ),
    )
    name = forms.CharField(
        label=_("Their name, if you like"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    value = forms.TypedChoiceField(
        label=_("Their vote"),
        coerce=int,
        error_messages={"invalid_choice": _("A vote here cannot be worth that.")},
    )

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = state
        self.fields["email"].own_label = self.fields["email"].label
        self.fields["email"].validators.append(MaxLengthValidator(LONGEST_ADDRESS))
        self.fields["value"].choices = votes_in(state)


def votes_in(state: State) -> list[tuple[int, Any]]:
    """What a vote may be worth, the way back last."""
    none = (0, _("None: take back what was cast for them"))
    match state.mode:
        case Mode.UP:
            return [(1, _("For")), none]
        case Mode.UP_DOWN:
            return [(1, _("For")), (-1, _("Against")), none]
    points = range(1, state.max_points + 1)
    return [*((n, ngettext("{n} point", "{n} points", n).format(n=n)) for n in points), none]


class HideForm(IdeaForm):
    own = "hide"

    reason = forms.CharField(
        label=_("Why"),
        max_length=REASON_LENGTH,
        help_text=_("Its author reads this."),
        error_messages={"required": _("Say why, in a few words: its author reads it.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ManyHideForm(HideForm):
    own = "many_hide"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Their authors read this.")


class StopForm(IdeaForm):
    own = "stop"

    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("They read this."),
        widget=lines(3),
    )
