"""The questions of a brand: the list, a new one, and the editor."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.models import Brand
from accounts.rules import can_manage_settings
from cocreate.lib.errors import DomainError, Invalid
from ideas.access import challenge_or_404, challenges_and_drafts
from ideas.domain import challenge_drafts, challenges, images
from ideas.domain.challenges import WORDS, ChangedMeanwhile, rules_of, state_of
from ideas.models import Challenge
from web.desk.brand import sent_picture
from web.desk.challenge_forms import Editor, sent_revision
from web.desk.common import desk_of
from web.figures import recent
from web.pages import page
from web.public.rules import in_plain_words
from web.roads import COMING, DRAFT, OVER, RUNNING, next_opening, stage

COVER_DONE = {"saved": gettext_lazy("Saved."), "removed": gettext_lazy("Removed.")}


@page
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug)
    figures = recent(brand).figures
    rows: dict[str, list[Any]] = {DRAFT: [], RUNNING: [], COMING: [], OVER: []}
    for one in challenges_and_drafts(brand):
        state = state_of(one)
        rows[stage(one, state)].append((one, state, next_opening(state), figures.get(one.pk)))
    titles = {
        DRAFT: _("Drafts"), RUNNING: _("Running"), COMING: _("Still to come"), OVER: _("Over"),
    }  # fmt: skip
    context = {
        "brand": brand,
        "sections": [(key, titles[key], found) for key, found in rows.items() if found],
        "may_edit": can_manage_settings(request.user, brand),
    }
    return render(request, "desk/challenges.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    if request.method != "POST":
        return show(request, brand, Editor.beginning(brand))
    editor = Editor.sent(request.POST)
    if is_unfinished(request, editor):
        return show(request, brand, editor)
    try:
        words, rules, phases = editor.content(brand)
        made = challenges.create_challenge(
            brand=brand, actor=request.user, phases=phases, published=False, **words, **rules
        )
    except DomainError as error:
        editor.blame(error)
        return show(request, brand, editor, status=400)
    return go_on(request, made)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    """A draft as a whole, or the words of a question that is public."""
    brand = desk_of(request, slug, can_manage_settings)
    found = challenge_or_404(brand, challenge_slug, request.user)
    if request.method != "POST":
        return show(request, brand, Editor.of(found), found)
    if found.is_published:
        return save_words(request, found)
    editor = Editor.sent(request.POST, found)
    if is_unfinished(request, editor):
        return show(request, brand, editor, found)
    try:
        words, rules, phases = editor.content(brand)
        challenge_drafts.save_draft(
            challenge=found, actor=request.user, words=words, rules=rules, phases=phases,
            revision=editor.revision,
        )  # fmt: skip
    except DomainError as error:
        return refused(request, found, editor, error)
    return go_on(request, found)


def is_unfinished(request: HttpRequest, editor: Editor) -> bool:
    """Whether the button only changes the form: one more phase, one less, a look at the text."""
    if "add" in request.POST:
        editor.phases.add()
    elif "remove" in request.POST:
        editor.phases.remove(request.POST["remove"])
    return any(name in request.POST for name in ("add", "remove", "look"))


def go_on(request: HttpRequest, challenge: Challenge) -> HttpResponse:
    """After a draft was saved: its cover, then to its preview, to the public, or back."""
    brand = challenge.brand
    try:
        take_cover(request, challenge)
    except DomainError as error:
        return cover_refused(request, challenge, Editor.of(challenge), error)
    if "preview" in request.POST:
        return HttpResponseRedirect(reverse("challenge", args=[brand.slug, challenge.slug]))
    if "publish" not in request.POST:
        messages.success(request, _("Saved. Only your team sees it."))
        return back(challenge)
    try:
        challenges.publish(challenge=challenge, actor=request.user, revision=challenge.revision)
    except DomainError as error:
        editor = Editor.of(challenge)
        return refused(request, challenge, editor, error)
    messages.success(request, _("Your question is public now."))
    return HttpResponseRedirect(reverse("challenge", args=[brand.slug, challenge.slug]))


def save_words(request: HttpRequest, challenge: Challenge) -> HttpResponse:
    """Rules that were sent with them wait in the form until somebody has seen what they change."""
    editor = Editor.sent_to(request.POST, challenge)
    if is_unfinished(request, editor):
        return show(request, challenge.brand, editor, challenge)
    try:
        if not editor.words.is_valid():
            raise Invalid
        words = editor.words.content(challenge.brand)
        changed = challenges.edit_challenge(
            challenge=challenge, actor=request.user, revision=editor.revision, **words
        )
    except DomainError as error:
        editor.has_other_rules(challenge)  # says what is wrong with them, in the same answer
        return refused(request, challenge, editor, error)
    if changed:
        messages.success(request, _("Saved."))
    if not editor.has_other_rules(challenge):
        return back(challenge)
    messages.info(request, _("The rules below are not changed yet: see first what would change."))
    editor.revision = challenge.revision
    return show(request, challenge.brand, editor, challenge)


@page
@require_POST
def close(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    """Ends everything in a public question, or with `open` takes it up again."""
    brand = desk_of(request, slug, can_manage_settings)
    found = challenge_or_404(brand, challenge_slug, request.user)
    if not found.is_published or found.is_permanent:
        raise challenges.PermanentRules if found.is_permanent else Invalid
    is_closed = "open" not in request.POST
    challenges.set_closed(
        challenge=found, closed=is_closed, actor=request.user, revision=sent_revision(request.POST)
    )
    messages.success(request, _("Closed.") if is_closed else _("Open again."))
    return back(found)


@page
@require_POST
def discard(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_manage_settings)
    found = challenge_or_404(brand, challenge_slug, request.user)
    challenge_drafts.discard_draft(
        challenge=found, actor=request.user, revision=sent_revision(request.POST)
    )
    messages.success(request, _("The draft is gone."))
    return HttpResponseRedirect(reverse("desk_challenges", args=[brand.slug]))


@page
@require_POST
def cover(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    """A new cover with its description, another description, or with `remove` none."""
    brand = desk_of(request, slug, can_manage_settings)
    found = challenge_or_404(brand, challenge_slug, request.user)
    try:
        if not take_cover(request, found):
            sent_picture(request)
    except DomainError as error:
        return cover_refused(request, found, Editor.of(found), error)
    done = "removed" if "uncover" in request.POST else "saved"
    return HttpResponseRedirect(f"{path_of(found)}?cover={done}#cover")


def take_cover(request: HttpRequest, challenge: Challenge) -> bool:
    """Do what the form says of the cover; False where it says nothing. Raises DomainError."""
    alt = request.POST.get("alt", "").replace("\0", "")
    if "uncover" in request.POST or request.FILES:
        limits.change_picture(user_id=request.user.pk)
        source = None if "uncover" in request.POST else sent_picture(request)
        images.set_cover(challenge=challenge, source=source, alt=alt, actor=request.user)
    elif challenge.cover and "alt" in request.POST:
        images.describe_cover(challenge=challenge, alt=alt, actor=request.user)
    elif alt.strip():
        sent_picture(request)  # which is missing
    else:
        return False
    return True


def cover_refused(
    request: HttpRequest, challenge: Challenge, editor: Editor, error: DomainError
) -> HttpResponse:
    wrong = " ".join(str(said) for said in sentences(error))
    return show(request, challenge.brand, editor, challenge, 400, cover_wrong=wrong)


def sentences(error: DomainError) -> list[Any]:
    told = [message for problems in error.fields.values() for _code, message in problems]
    return told or [error.message]


def refused(
    request: HttpRequest, challenge: Challenge, editor: Editor, error: DomainError
) -> HttpResponse:
    """The editor as it was sent. After another's change its next answer is to what is there now."""
    if isinstance(error, Invalid):
        challenge.refresh_from_db(fields=WORDS)  # nothing was saved, its address neither
    is_late = isinstance(error, ChangedMeanwhile)
    if is_late:
        editor.revision = challenge.revision
    editor.blame(error)
    return show(request, challenge.brand, editor, challenge, error.status, now=is_late)


def show(
    request: HttpRequest,
    brand: Brand,
    editor: Editor,
    challenge: Challenge | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """`now`: show the question as somebody else has changed it meanwhile."""
    if challenge is not None and challenge.is_published:
        editor.words.fields.pop("slug", None)
    is_read = request.method != "POST"
    context = {
        "brand": brand,
        "challenge": challenge,
        "editor": editor,
        "site_address": settings.PUBLIC_URL,
        "looks": "look" in request.POST,
        "cover_alt": request.POST.get("alt", challenge.cover_alt) if challenge else "",
        "cover_done": COVER_DONE.get(request.GET.get("cover", "")) if is_read else "",
        "cover_wrong": _("Choose the picture again: it was not kept.") if request.FILES else "",
        "written": editor.words["body"].value() or "",
        "has_ideas": challenge is not None and challenge_drafts.has_ideas(challenge),
        "sentences_now": in_plain_words(rules_of(challenge)) if challenge else [],
    }
    return render(request, "desk/challenge.html", context | more, status=status)


def path_of(challenge: Challenge) -> str:
    return reverse("desk_challenge", args=[challenge.brand.slug, challenge.slug])


def back(challenge: Challenge) -> HttpResponse:
    return HttpResponseRedirect(path_of(challenge))
