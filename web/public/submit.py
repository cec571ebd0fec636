"""Posting an idea: one page, and nothing typed is lost: not by a mistake, a second press, a session
that ends on the way, or terms that change meanwhile.
"""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.access import brand_or_404
from accounts.domain.participants import of_user
from accounts.domain.people import choose_name
from accounts.models import Brand
from cocreate.lib.errors import DomainError, NotFound, TooMany
from cocreate.lib.http import client_address
from cocreate.lib.text import one_line
from ideas.access import open_for_ideas
from ideas.domain import drafts
from ideas.domain.ideas import post_idea
from ideas.models import Challenge, Draft, Idea
from web.forgery import is_from_elsewhere, is_stale
from web.kept import path_to
from web.links import idea_path
from web.pages import member_of, page, to_sign_in, with_retry
from web.public.forms import IdeaForm
from web.public.instead import choice_in, go_on_with, keep_words, sign_in_for, wish_beside
from web.public.preview import preview_of_new
from web.public.similar import beside_form
from web.public.votes import FRAGMENT_HEADER, cast_for, wants_fragment

DRAFT, PREVIEW = "draft", "preview"


@csrf_exempt
@page
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST" and is_from_elsewhere(request):
        return render(request, "403_csrf.html", status=403)
    if request.method == "POST" and not request.user.is_authenticated:
        return kept(request, slug)
    brand = brand_or_404(request.user, slug)
    member_of(request)
    if request.method == "POST":
        return sent(request, brand)
    form = idea_form(request, brand, initial=beginning(request, brand))
    return part(request, brand, form) if wants_fragment(request) else show(request, brand, form)


def part(request: HttpRequest, brand: Brand, form: IdeaForm) -> HttpResponse:
    """The form alone, for static/js/compose.js, which unfolds it in the page of a question or a
    brand. Where that takes no ideas any more there is none: the script leads to the page.
    """
    asked = request.GET.get("challenge")
    if not form.challenges or (asked and asked not in form.challenges):
        return show(request, brand, form)
    context = context_of(request, brand, form) | {"is_known": bool(asked)}
    response = render(request, "public/submit_part.html", context)
    response[FRAGMENT_HEADER] = "1"
    return response


def kept(request: HttpRequest, slug: str) -> HttpResponse:
    """Their session has ended: they sign in, and come back to what they sent."""
    name = request.POST.get("draft", "")
    chosen, votes = choice_in(request) or ("", False)
    try:
        limits.keep_draft(address=client_address(request))
    except TooMany as error:
        words = {"title": request.POST.get("title"), "body": request.POST.get("body")}
        context = {"words": words, "error": error, "slug": slug}
        return with_retry(render(request, "public/kept.html", context, status=429), error)
    secret = drafts.keep(slug=slug, name=name, words=typed(request))
    code = drafts.code_in(name)
    to_vote = chosen and sign_in_for(chosen, votes=votes, secret=secret, draft=code)
    return to_vote or to_sign_in(path_to(slug, secret=secret, code=code))


def typed(request: HttpRequest) -> drafts.Words:
    sent = request.POST
    tags = ", ".join(tag for tag in [sent.get("tags", ""), *sent.getlist("chips")] if tag)
    return drafts.words_from(sent.dict() | {"tags": tags}, sent.getlist("images"))


def as_typed(request: HttpRequest) -> dict[str, Any]:
    """For a form that acts on nothing of what was sent, not even on its pictures."""
    beside = {name: request.POST.get(name, "") for name in ("draft", "display_name")}
    return asdict(typed(request)) | beside


def sent(request: HttpRequest, brand: Brand) -> HttpResponse:
    if is_stale(request):
        again = idea_form(request, brand, initial=as_typed(request))
        return show(request, brand, again, 403, is_stale=True)
    form = idea_form(request, brand, request.POST)
    form.is_valid()
    if choice := choice_in(request):
        return instead(request, brand, form, *choice)
    if wish := wish_beside(request):
        return beside(request, brand, form, wish)
    match request.POST.get("act"):
        case "draft":
            return saved(request, brand, form)
        case "preview":
            form.forgive()
            preview = preview_of_new(request, form, drafts.code_in(name_in(form)))
            return show(request, brand, form, preview=preview)
        case "similar":
            return beside(request, brand, form)
    return posted(request, brand, form)


def instead(
    request: HttpRequest, brand: Brand, form: IdeaForm, code: str, votes: bool
) -> HttpResponse:
    form.forgive()
    try:
        return go_on_with(request, brand, form, code, votes=votes)
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, brand, form, error.status), error)


def beside(
    request: HttpRequest, brand: Brand, form: IdeaForm, wish: tuple[str, int] | None = None
) -> HttpResponse:
    """The form as it is, with the ideas like it and, where they want it, a vote for one."""
    form.forgive()
    status, more, late = 200, dict[str, Any](), None
    try:
        if wish:
            cast_for(request.user, *wish)
        limits.look_for_similar(user_id=request.user.pk, address=client_address(request))
        more = beside_form(request, brand, str(form.words().title))
    except DomainError as error:
        form.blame(error)
        status, late = error.status, error
    return with_retry(show(request, brand, form, status, is_open=True, **more), late)


def saved(request: HttpRequest, brand: Brand, form: IdeaForm) -> HttpResponse:
    """Kept by hand, which needs no script."""
    form.forgive()
    if form.errors:
        return show(request, brand, form, 400)
    try:
        draft = keep_words(request, brand, form)
    except DomainError as error:
        form.blame(error)
        return with_retry(show(request, brand, form, error.status), error)
    if draft is None:
        return HttpResponseRedirect(request.path)
    messages.success(request, _("Saved. You find it on your page, under Drafts."))
    return HttpResponseRedirect(f"{request.path}?draft={draft.code}")


def posted(request: HttpRequest, brand: Brand, form: IdeaForm) -> HttpResponse:
    take_first_name(request, form)
    try:
        if similar := near_copies(request, brand, form):
            return show(request, brand, form, 409, asks=True, **similar)
        found = idea_of(request, brand, form)
    except TooMany as error:
        form.blame(error)
        return with_retry(show(request, brand, form, error.status), error)
    if found is None:
        return show(request, brand, form, 400)
    messages.success(
        request, _("Thank you. Your idea is public now: share it, so that people can vote for it.")
    )
    form.remind()
    return HttpResponseRedirect(idea_path(found.code, found.title))


def take_first_name(request: HttpRequest, form: IdeaForm) -> None:
    """Nobody posts under a name that we have made. It is kept also where other fields need a
    correction.
    """
    user = member_of(request)
    if user.has_own_name:
        return
    try:
        choose_name(user=user, name=form.cleaned_data.get("display_name", ""))
    except DomainError as error:
        form.blame(error)


def near_copies(request: HttpRequest, brand: Brand, form: IdeaForm) -> dict[str, Any]:
    """Ideas like this one, where one of them says nearly the same and its author was not asked
    about them yet. Raises TooMany.
    """
    if not form.is_valid() or form.cleaned_data["is_none_of_these"]:
        return {}
    title = form.cleaned_data["title"]
    limits.look_for_similar(user_id=request.user.pk, address=client_address(request))
    found = beside_form(request, brand, title)
    sent = drafts.code_in(name_in(form)), one_line(title), form.chosen().slug
    if sent in [(idea.code, idea.title, idea.challenge) for idea in found["similar"]]:
        return {}  # the button was pressed twice: this is the idea itself
    return found if any(idea.near_copy for idea in found["similar"]) else {}


def idea_of(request: HttpRequest, brand: Brand, form: IdeaForm) -> Idea | None:
    """The new idea, or None with the form's errors set. Raises TooMany."""
    if not form.is_valid():
        return None
    user = member_of(request)
    limits.post_idea_as_member(user_id=user.pk)
    try:
        author = of_user(brand=brand, user=user)
        found = post_idea(challenge=form.chosen(), author=author, actor=user, **form.content())
    except DomainError as error:
        form.blame(error)
        return None
    drafts.delete(user=user, code=drafts.code_in(name_in(form)))
    return found


def idea_form(request: HttpRequest, brand: Brand, *args: Any, **kwargs: Any) -> IdeaForm:
    return IdeaForm(*args, request=request, brand=brand, challenges=open_for_ideas(brand), **kwargs)


def name_in(form: IdeaForm) -> str:
    return str(form.data.get("draft", ""))


def beginning(request: HttpRequest, brand: Brand) -> dict[str, Any]:
    """What a form begins with: a draft, or the question they came from, and their language."""
    spoken = (get_language() or settings.LANGUAGE_CODE)[:2]
    first = {
        "challenge": request.GET.get("challenge", ""),
        "title": request.GET.get("title", "")[:300],
        "language": spoken,
        "draft": drafts.new_name(),
    }
    draft = wanted_draft(request, brand)
    return first | of_draft(draft) if draft else first


def wanted_draft(request: HttpRequest, brand: Brand) -> Draft | None:
    """One of their own, or what was kept for them while they were signed out."""
    try:
        if secret := request.GET.get("kept"):
            draft = drafts.kept(secret)
            return draft if draft.brand_id == brand.pk else None
        if code := request.GET.get("draft"):
            return drafts.draft_or_404(member_of(request), code, brand)
    except NotFound:
        messages.info(request, _("This draft was posted or deleted."))
    return None


def of_draft(draft: Draft) -> dict[str, Any]:
    found = {
        "title": draft.title, "body": draft.body, "tags": draft.tags, "images": draft.images,
        "challenge": draft.challenge.slug if draft.challenge else "",
        "language": draft.language, "draft": drafts.name_of(draft.code),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def show(
    request: HttpRequest, brand: Brand, form: IdeaForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = context_of(request, brand, form)
    return render(request, "public/submit.html", context | more, status=status)


def context_of(request: HttpRequest, brand: Brand, form: IdeaForm) -> dict[str, Any]:
    challenges: list[Challenge] = list(form.challenges.values())
    if len(challenges) == 1:
        form.initial["challenge"] = challenges[0].slug
    name = str(form["draft"].value() or "") or drafts.new_name()
    own = drafts.of(member_of(request), brand)
    return {
        "brand": brand,
        "form": form,
        "name": name,
        "others": [draft for draft in own if draft.code != drafts.code_in(name)],
        "save_path": reverse("save_draft", args=[brand.slug]),
        "similar_path": reverse("similar", args=[brand.slug]),
    }
