"""When the team hears of an idea: its thresholds, bursts, and what is up now."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Brand
from accounts.rules import can_manage_settings
from cocreate.lib.errors import Invalid
from ideas.domain import alert_rules
from ideas.domain.alert_rules import MOST_VOTES
from ideas.domain.bursts import WEEK_HOURS
from ideas.enums import AlertKind
from ideas.models import Alert, AlertRule
from web.desk.common import DeskForm, desk_of
from web.links import idea_path
from web.pages import page

KINDS = [
    (AlertKind.SUPPORTERS, gettext_lazy("An idea has so many supporters")),
    (AlertKind.VOTES, gettext_lazy("An idea gets so many votes in some hours")),
]
NUMBER = {"required": gettext_lazy("Give a number."), "invalid": gettext_lazy("Give a number.")}


def number(label: Any, most: int, **over: Any) -> forms.IntegerField:
    """The bounds are the verb's; here they only help browsers."""
    attrs = {"inputmode": "numeric", "min": 1, "max": most, "autocomplete": "off"}
    return forms.IntegerField(
        label=label, error_messages=NUMBER, widget=forms.NumberInput(attrs=attrs), **over
    )


class ThresholdForm(DeskForm):
    threshold = number(gettext_lazy("How many"), MOST_VOTES)
    hours = number(gettext_lazy("In how many hours"), WEEK_HOURS, required=False)

    def figures(self) -> dict[str, int]:
        return {
            "threshold": self.cleaned_data["threshold"],
            "hours": self.cleaned_data["hours"] or 0,
        }


class RuleForm(ThresholdForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=KINDS,
        initial=AlertKind.SUPPORTERS,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one of these."),
            "invalid_choice": gettext_lazy("Choose one of these."),
        },
    )
    hours = number(
        gettext_lazy("In how many hours"),
        WEEK_HOURS,
        required=False,
        help_text=gettext_lazy("For votes alone: from 1 to 168."),
    )


class BurstForm(DeskForm):
    active = forms.BooleanField(required=False)
    threshold = number(
        gettext_lazy("From how many votes in an hour"),
        MOST_VOTES,
        help_text=gettext_lazy("Fewer are no burst, however quiet the idea was."),
    )


@page
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; a POST adds a threshold."""
    brand = desk_of(request, slug, can_manage_settings)
    if request.method != "POST":
        return show(request, brand)
    form = RuleForm(request.POST)
    if not form.is_valid():
        return show(request, brand, form=form)
    try:
        alert_rules.add_rule(
            brand=brand, kind=form.cleaned_data["kind"], actor=request.user, **form.figures()
        )
    except Invalid as error:
        form.blame(error)
        return show(request, brand, form=form)
    messages.success(request, _("Added. What is over it already stands in the list."))
    return back(brand)


@page
@require_POST
def change(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    form = ThresholdForm(request.POST, auto_id=f"{code}_%s")
    if not form.is_valid():
        return show(request, brand, changed={code: form})
    try:
        alert_rules.change_rule(brand=brand, code=code, actor=request.user, **form.figures())
    except Invalid as error:
        form.blame(error)
        return show(request, brand, changed={code: form})
    messages.success(request, _("Saved."))
    return back(brand)


@page
@require_POST
def remove(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    alert_rules.remove_rule(brand=brand, code=code, actor=request.user)
    messages.success(request, _("Removed."))
    return back(brand)


@page
@require_POST
def bursts(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    form = BurstForm(request.POST, auto_id="burst_%s")
    if not form.is_valid():
        return show(request, brand, burst_form=form)
    active, least = form.cleaned_data["active"], form.cleaned_data["threshold"]
    try:
        alert_rules.set_burst(brand=brand, active=active, least=least, actor=request.user)
    except Invalid as error:
        form.blame(error)
        return show(request, brand, burst_form=form)
    messages.success(request, _("Saved."))
    return back(brand)


def show(
    request: HttpRequest,
    brand: Brand,
    changed: dict[str, ThresholdForm] | None = None,
    **sent: Any,
) -> HttpResponse:
    """The whole page, with what somebody has just sent, where it needs a correction."""
    changed = changed or {}
    burst = alert_rules.burst_of(brand)
    context = {
        "brand": brand,
        "raised": [line(alert) for alert in alert_rules.raised(brand)],
        "most_shown": alert_rules.SHOWN,
        "rules": [
            {"rule": rule, "words": sentence(rule), "form": changed.get(rule.code) or of(rule)}
            for rule in alert_rules.rules_of(brand)
        ],
        "form": RuleForm(),
        "burst_form": BurstForm(
            initial={"active": burst.active, "threshold": burst.threshold}, auto_id="burst_%s"
        ),
    }
    status = 400 if sent or changed else 200
    return render(request, "desk/alerts.html", context | sent, status=status)


def of(rule: AlertRule) -> ThresholdForm:
    initial = {"threshold": rule.threshold, "hours": rule.hours or None}
    return ThresholdForm(initial=initial, auto_id=f"{rule.code}_%s")


def line(alert: Alert) -> dict[str, Any]:
    """An alert as the list shows it."""
    idea = alert.idea
    return {
        "alert": alert,
        "title": idea.title,
        "path": idea_path(idea.code, idea.title),
        "words": sentence(alert.rule),
        "then": figure(alert),
        "support": idea.score.support,
    }


def sentence(rule: AlertRule) -> str:
    """What the rule waits for."""
    if rule.kind == AlertKind.BURST:
        return _("Far more votes than usual")
    if rule.kind == AlertKind.SUPPORTERS:
        words = ngettext("{n} supporter or more", "{n} supporters or more", rule.threshold)
        return words.format(n=rule.threshold)
    words = ngettext("{n} vote or more", "{n} votes or more", rule.threshold)
    return in_hours(words.format(n=rule.threshold), rule.hours)


def figure(alert: Alert) -> str:
    """What it was when the alert was raised."""
    if alert.rule.kind == AlertKind.SUPPORTERS:
        return ngettext("{n} supporter", "{n} supporters", alert.figure).format(n=alert.figure)
    votes = ngettext("{n} vote", "{n} votes", alert.figure).format(n=alert.figure)
    return in_hours(votes, alert.rule.hours or 1)


def in_hours(votes: str, hours: int) -> str:
    span = ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    return _("{votes} in {span}").format(votes=votes, span=span)


def back(brand: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_alerts", args=[brand.slug]))
