"""Ideas from a file: sent, looked at, checked, imported, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Brand
from accounts.rules import can_import
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.uploads import table_in
from ideas.access import challenge_or_404, challenges_and_drafts, import_or_404, imports_of
from ideas.enums import ImportKind, ImportState
from ideas.importers import batches, files, undoing
from ideas.importers.batches import NotNow
from ideas.importers.columns import Plan
from ideas.importers.remarks import Remark
from ideas.importers.rows import preview
from ideas.models import ImportBatch
from ideas.models.challenge import PERMANENT_SLUG
from web.desk.common import desk_of
from web.desk.import_forms import PlanForm, UploadForm
from web.pages import page

MOST_ROWS = 100_000
TONES = {
    ImportState.DRAFT: "amber", ImportState.CHECKING: "sky", ImportState.WAITING: "sky",
    ImportState.RUNNING: "sky", ImportState.DONE: "leaf", ImportState.FAILED: "rose",
    ImportState.UNDOING: "sky",
}  # fmt: skip
MOVES = {ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING, ImportState.UNDOING}
CAN_BE_UNDONE = {
    ImportState.DONE, ImportState.FAILED, ImportState.RUNNING, ImportState.WAITING
}  # fmt: skip


@page
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_import)
    if request.method != "POST":
        return show(request, brand)
    form = UploadForm(challenges_and_drafts(brand), request.POST)
    if not form.is_valid():
        return show(request, brand, form=form, status=400)
    try:
        draft = prepared(request, brand, form.cleaned_data["challenge"])
    except DomainError as error:
        form.blame(error)
        return show(request, brand, form=form, status=400)
    return to_batch(brand, draft.code)


def prepared(request: HttpRequest, brand: Brand, challenge: str) -> ImportBatch:
    sent = table_in(request)
    if sent is None:
        raise Invalid(_("Choose a file first."))
    name, file = sent
    return batches.prepare(
        brand=brand, challenge=challenge_or_404(brand, challenge, request.user), file=file,
        file_name=name, actor=request.user, most_rows=MOST_ROWS,
    )  # fmt: skip


@page
@require_http_methods(["GET", "HEAD"])
def batch(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_import)
    found = import_or_404(brand, code)
    if found.state == ImportState.DRAFT:
        return show_draft(request, brand, found)
    return render(request, "desk/imports_batch.html", {"brand": brand} | told(found))


@page
@require_POST
def choose(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Save what the columns are, then check or import, by the button that was pressed."""
    brand = desk_of(request, slug, can_import)
    draft = import_or_404(brand, code)
    if draft.state != ImportState.DRAFT:
        raise NotNow
    form = PlanForm(draft, challenges_and_drafts(brand), request.POST)
    if not form.is_valid():
        return show_draft(request, brand, draft, form=form, status=400)
    try:
        go_on(request, brand, draft, form)
    except Invalid as error:
        form.blame(error)
        return show_draft(request, brand, draft, form=form, status=400)
    return to_batch(brand, code)


def go_on(request: HttpRequest, brand: Brand, draft: ImportBatch, form: PlanForm) -> None:
    said = form.cleaned_data
    draft = batches.choose(
        batch=draft, challenge=challenge_or_404(brand, said["challenge"], request.user),
        chosen=form.chosen(), order=said["date_format"], language=said["language"],
        actor=request.user,
    )  # fmt: skip
    verb = batches.start if "import" in request.POST else batches.check
    verb(batch=draft, actor=request.user)


@page
@require_POST
def discard(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_import)
    batches.discard(batch=import_or_404(brand, code), actor=request.user)
    messages.success(request, _("Discarded. The file is gone."))
    return HttpResponseRedirect(reverse("desk_imports", args=[brand.slug]))


@page
@require_POST
def undo(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    brand = desk_of(request, slug, can_import)
    batches.undo(batch=import_or_404(brand, code), actor=request.user)
    return to_batch(brand, code)


def to_batch(brand: Brand, code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk_import", args=[brand.slug, code]))


def show(request: HttpRequest, brand: Brand, status: int = 200, **context: Any) -> HttpResponse:
    found = imports_of(brand, request.GET.get("cursor", ""))
    usual = {"challenge": PERMANENT_SLUG}  # as the command does
    context = {
        "brand": brand,
        "imports": [told(one) for one in found.items],
        "next": found.next,
        "is_first_page": "cursor" not in request.GET,
        "form": context.get("form") or UploadForm(challenges_and_drafts(brand), initial=usual),
        "most_rows": MOST_ROWS,
    }
    return render(request, "desk/imports.html", context, status=status)


def show_draft(
    request: HttpRequest, brand: Brand, draft: ImportBatch, status: int = 200, **context: Any
) -> HttpResponse:
    form = context.get("form") or PlanForm(draft, challenges_and_drafts(brand))
    context = {
        "brand": brand,
        "form": form,
        "columns": form.plan.shape.columns,
        "rows": preview(files.opened(draft), form.plan),
        "is_checked": "rows" in draft.counts and not form.is_bound,
    }
    return render(request, "desk/imports_draft.html", context | told(draft), status=status)


def told(found: ImportBatch) -> dict[str, Any]:
    """A batch as pages show it."""
    remarks = sorted((Remark(*each) for each in found.report), key=lambda each: each.line)
    left_out = {each.line for each in remarks if each.is_skip}
    said = found.counts.get("skipped", 0) + found.counts.get("noted", 0)
    return {
        "batch": found,
        "state": ImportState(found.state),
        "tone": TONES.get(ImportState(found.state), ""),
        "moves": found.state in MOVES,
        "ideas": found.counts.get("new", 0),
        "can_be_undone": found.state in CAN_BE_UNDONE,
        "unused": Plan.from_json(found.plan).unused if "shape" in found.plan else [],
        "is_polis": found.kind == ImportKind.POLIS,
        "remarks": [(each, each.line in left_out) for each in remarks],
        "more_remarks": said - len(remarks) if remarks else 0,
        "kept": [(code, title, undoing.REASONS.get(why, why)) for code, title, why in found.kept],
        "more_kept": found.counts.get("kept", 0) - len(found.kept),
    }
