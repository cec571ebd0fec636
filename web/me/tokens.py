"""Personal tokens: a list, making one, revoking one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import tokens
from cocreate.lib.errors import DomainError
from web.account.again import asked_again
from web.me.forms import TokenForm
from web.pages import member_of, named, page


@page
@require_http_methods(["GET", "HEAD", "POST"])
def tokens_list(request: HttpRequest) -> HttpResponse:
    member_of(request)
    if request.method == "POST":
        return make(request)
    return show(request, TokenForm(), 200)


@asked_again
def make(request: HttpRequest) -> HttpResponse:
    """The answer to the POST shows the secret: no address leads to it, nothing stores it."""
    form = TokenForm(request.POST)
    form.is_valid()
    name = form.cleaned_data.get("name", "")
    if not name:
        form.add_error("name", _("Give the token a name."))
        return show(request, form, 400)
    try:
        secret = tokens.create_token(user=request.user, name=name)
    except DomainError as error:
        form.blame(error)
        return show(request, form, error.status)
    return show(request, TokenForm(), 200, secret, name)


@page
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    try:
        token = tokens.revoke_token(user=user, prefix=named(request, "token"))
    except tokens.TokenOver as error:  # pressed twice
        messages.info(request, str(error.message))
    else:
        name = token.name or token.prefix
        messages.success(request, _("The token “{name}” is revoked.").format(name=name))
    return HttpResponseRedirect(reverse("tokens"))


def show(
    request: HttpRequest, form: TokenForm, status: int, secret: str = "", name: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "secret": secret,
        "made": name,
        "tokens": tokens.tokens_of(request.user),
        "most": tokens.MOST_LIVING,
    }
    return render(request, "me/tokens.html", context, status=status)
