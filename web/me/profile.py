"""What a member says about themselves: one form, and nothing typed is lost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.domain import people
from accounts.models import User
from cocreate.lib.errors import DomainError
from cocreate.lib.uploads import picture_in
from web.language import remember_language
from web.me.forms import ProfileForm, beginning
from web.pages import member_of, page, with_retry


@page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """A picture is kept even where another field needs a correction: browsers would make them
    choose it again.
    """
    user = member_of(request)
    if request.method != "POST":
        return show(request, ProfileForm(initial=beginning(user)), 200)
    form = ProfileForm(request.POST)  # the picture is judged by picture_in
    form.is_valid()
    errors = [error for error in (change_picture(request, form, user), save(form, user)) if error]
    if form.errors:
        status = errors[0].status if errors else 400
        return with_retry(show(request, form, status), next(iter(errors), None))
    with translation.override(user.language):  # the page that shows it speaks it already
        messages.success(request, _("Your profile is saved."))
    response = HttpResponseRedirect(request.path)
    remember_language(response, user.language)
    return response


def change_picture(request: HttpRequest, form: ProfileForm, user: User) -> DomainError | None:
    try:
        source = picture_in(request, "picture")
        if source is not None:
            limits.change_picture(user_id=user.pk)
            people.change_avatar(user=user, source=source)
        elif form.cleaned_data.get("remove_picture"):
            people.remove_avatar(user=user)
    except DomainError as error:
        form.blame(error, "picture")
        return error
    return None


def save(form: ProfileForm, user: User) -> DomainError | None:
    if set(form.errors) - {"picture"}:
        return None
    try:
        people.change_profile(user=user, **form.profile())
    except DomainError as error:
        form.blame(error)
        return error
    return None


def show(request: HttpRequest, form: ProfileForm, status: int) -> HttpResponse:
    return render(request, "me/profile.html", {"form": form}, status=status)
