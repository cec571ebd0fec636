"""What everybody may read of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import person_or_404, visible_ids_of
from ideas.domain.contributions import contributions_of
from ideas.domain.lists import ideas_of
from web.ballots import shown
from web.pages import page


@page
def person(request: HttpRequest, handle: str) -> HttpResponse:
    found = person_or_404(handle)
    brand_ids = visible_ids_of(request.user, found)
    rows = ideas_of(user_id=found.pk, brand_ids=brand_ids, reader_id=request.user.pk)
    ideas = shown(rows, {}, request.user)
    context = {
        "person": found,
        "is_self": request.user == found,
        "ideas": [idea for idea in ideas if idea.author_handle == found.handle],
        "signed": [idea for idea in ideas if idea.author_handle != found.handle],
        "given": contributions_of(user_id=found.pk, brand_ids=brand_ids),
    }
    return render(request, "public/person.html", context)
