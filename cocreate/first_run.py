"""One press tries a job of the demo as one of its people; nowhere but in a demo on one's own
machine (cocreate/domain/demo_visit.py says how that is made sure).
"""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts import limits
from cocreate.domain import demo_visit
from cocreate.lib.errors import DomainError, TooMany
from cocreate.lib.http import client_address
from cocreate.metrics import is_from_here


class Taken(DomainError):
    code, status = "taken", 403
    message = _(
        "Somebody has changed the password or the address of this account: it is the demo’s no"
        " more. Sign in with what it has now."
    )


@never_cache
def try_job(request: HttpRequest) -> HttpResponse:
    """404 wherever there is no demo, whatever was asked: there is nothing to try."""
    job = demo_visit.job_of(request.POST.get("job", ""))
    if request.method != "POST" or job is None or not is_from_here(request):
        raise Http404
    email = demo_visit.email_for(job, folder=settings.VAR)
    if not email:
        raise Http404
    try:
        limits.sign_in(email=email, address=client_address(request))
    except TooMany as error:
        return refused(request, "429.html", error)
    user = demo_visit.person_for(job, folder=settings.VAR)
    if user is None:
        return refused(request, "refused.html", Taken())
    if request.user != user:
        login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(job.path)


def refused(request: HttpRequest, template: str, error: DomainError) -> HttpResponse:
    context = {"message": error.message, "again": "/"}
    response = render(request, template, context, status=error.status)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response
