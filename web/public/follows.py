"""Following an idea. A GET never follows: it shows the button to whoever came by a link."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.domain.participants import of_user
from ideas.domain import follows
from web.links import idea_path
from web.pages import member_of, page, safe_path
from web.public.comments import talked_about


@page
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, code: str) -> HttpResponse:
    found = talked_about(request, code)
    user = member_of(request)
    if request.method != "POST":
        context = {
            "brand": found.brand,
            "full": found,
            "follows": follows.follows(idea=found, user=user),
        }
        return render(request, "public/follow.html", context)
    limits.follow_as_member(user_id=user.pk)
    participant = of_user(brand=found.brand, user=user)
    verb = follows.follow if request.POST.get("follow") == "1" else follows.unfollow
    verb(idea=found, participant=participant)
    path = idea_path(found.code, found.title)
    return HttpResponseRedirect(f"{safe_path(request, request.POST.get('next'), path)}#follow")
