"""The endpoints: find it, ask whether they may, read what was sent, call one verb, answer."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

from accounts.enums import Scope
from accounts.models import Brand
from api import parameters
from api.answers import answer, unless_its_tag_is_known, wanted_texts
from api.callers import Caller
from api.errors import Fields, flatten
from api.idempotency import once
from api.permissions import (
    editable_idea,
    known_brand,
    known_idea,
    own_idea,
    readable_brand,
    readable_idea,
)
from api.shared import SharedView, note_list
from api.throttling import limit_deletions, limit_edits, limit_ideas, limit_votes
from api.v1 import described, shapes
from api.v1.authors import author_of, person
from api.v1.serializers import IdeaContent, NewIdea, only, read, read_value, read_voter
from api.views import ApiView
from cocreate.lib.errors import DomainError, Invalid, NotFound, SignInRequired
from cocreate.lib.pages import BadCursor, Page
from ideas.access import challenge_or_404, challenges_of
from ideas.domain import ideas, votes
from ideas.domain.asked import NAMES, filters_from
from ideas.domain.challenges import state_of
from ideas.domain.claimed import add_votes
from ideas.domain.deleting import delete_idea
from ideas.domain.lists import Row, default_sort, idea_row, ideas_page
from ideas.domain.matching import best_matches
from ideas.domain.narrowing import Filters
from ideas.domain.revisions import texts_of
from ideas.domain.statuses import graph_of
from ideas.enums import Sort
from ideas.models import Challenge, Idea
from ideas.models.challenge import PERMANENT_SLUG

LIST_PARAMETERS = ("sort", "challenge", "cursor", "limit", *NAMES)
LONGEST_NUMBER = 9  # digits, of a revision


class Me(ApiView):
    @described.me
    def get(self, request: Any) -> HttpResponse:
        self.caller.must_be_known()
        parameters.read(request)
        return answer(shapes.me(self.caller))


class OneBrand(SharedView):
    @described.brand
    def get(self, request: Any, slug: str) -> HttpResponse:
        brand = readable_brand(self.caller, slug)
        parameters.read(request)
        return answer(shapes.brand(brand, graph_of(brand)))


class Challenges(SharedView):
    @described.challenges
    def get(self, request: Any, slug: str) -> HttpResponse:
        brand = readable_brand(self.caller, slug)
        parameters.read(request)
        return answer(
            {"results": [shapes.challenge(row) for row in challenges_of(brand)], "next": None}
        )


class Ideas(SharedView):
    kept_for_visitors = True

    @described.ideas
    def get(self, request: Any, slug: str) -> HttpResponse:
        brand = readable_brand(self.caller, slug)
        with parameters.Query(request, *LIST_PARAMETERS) as query:
            named = query.sent.get("challenge")
            challenge = None if named is None else challenge_or_404(brand, named, self.caller.user)
            sort = query.choice("sort", Sort)
            filters = query.tried(wanted_filters, brand, query.sent)
            page = {"limit": query.limit(), "cursor": query.cursor()}
        asked = {"brand": brand, "challenge": challenge, "filters": filters, **page}
        asked["user_id"] = self.caller.user_id
        if filters.text and sort is None:  # in no order that was chosen: the best matches first
            return self.listed(brand, challenge, best_matches(**asked))
        hidden = challenge is not None and state_of(challenge).hides_counts
        sort = sort or default_sort(hidden=hidden, in_challenge=challenge is not None)
        found = ideas_page(sort=sort, hidden=hidden, **asked)
        return self.listed(brand, challenge, found, by_chance=sort == Sort.RANDOM)

    def listed(
        self, brand: Brand, named: Challenge | None, page: Page[Row], *, by_chance: bool = False
    ) -> HttpResponse:
        note_list(self.request, page.items, by_chance=by_chance)
        if self.caller.session is not None:
            add_votes(page.items, self.caller.session)
        return answer(self.body(brand, named, page))

    def body(self, brand: Brand, named: Challenge | None, page: Page[Row]) -> dict[str, Any]:
        """`named`: the question that was asked for alone."""
        return {"results": shapes.listed(page.items), "next": page.next}

    @described.post_idea
    def post(self, request: Any, slug: str) -> HttpResponse:
        self.caller.must_be_known()
        brand = known_brand(self.caller, slug)
        self.caller.must_have(Scope.WRITE)
        parameters.read(request)
        sent = new_idea(self.caller, brand, request.data)
        return once(request, self.caller, request.data, lambda: self.posted(brand, sent))

    def posted(self, brand: Brand, sent: dict[str, Any]) -> HttpResponse:
        challenge = challenge_in(self.caller, brand, sent.pop("challenge"))
        idea = post(self.caller, brand, challenge, sent)
        response = idea_answer(shown_idea(self.caller, idea), 201)
        response["Location"] = f"{settings.PUBLIC_URL}/api/v1/ideas/{idea.code}/"
        return response


class OneIdea(SharedView):
    @described.idea
    def get(self, request: Any, code: str) -> HttpResponse:
        idea = readable_idea(self.caller, code)
        parameters.read(request)
        return idea_unless_known(request, self.caller, shown_idea(self.caller, idea))

    @described.edit_idea
    def patch(self, request: Any, code: str) -> HttpResponse:
        idea = editable_idea(self.caller, code)
        parameters.read(request)
        content = read(IdeaContent, request.data)
        revision = started_from(request, idea)
        if content:
            limit_edits(self.caller)
            ideas.edit_idea(idea=idea, actor=self.caller.user, revision=revision, **content)
        return idea_answer(shown_idea(self.caller, idea))

    @described.delete_idea
    def delete(self, request: Any, code: str) -> HttpResponse:
        idea = own_idea(self.caller, code)
        parameters.read(request)
        only(request.data)
        revision = started_from(request, idea)
        limit_deletions(self.caller)
        delete_idea(idea=idea, actor=self.caller.user, revision=revision)
        return HttpResponse(status=204)


class Revisions(ApiView):
    @described.revisions
    def get(self, request: Any, code: str) -> HttpResponse:
        idea = readable_idea(self.caller, code)
        with parameters.Query(request, "cursor") as query:
            before = query.tried(before_in, query.sent)
        rows, following = texts_of(idea, before=before)
        results = [shapes.revision(row) for row in rows]
        return answer({"results": results, "next": str(following) if following else None})


class Vote(ApiView):
    """One round trip for the credential, one for the vote; only a refusal looks for the idea."""

    @described.cast
    def put(self, request: Any, code: str) -> HttpResponse:
        cast = self.vote(request, code, withdraw=False)
        return answer(cast.as_json(), 201 if cast.is_new else 200)

    @described.withdraw
    def delete(self, request: Any, code: str) -> HttpResponse:
        return answer(self.vote(request, code, withdraw=True).as_json())

    def vote(self, request: Any, code: str, *, withdraw: bool) -> votes.Cast:
        caller = self.caller
        if caller.is_visitor or caller.is_public_key:  # any page that anybody may read shows it
            raise SignInRequired
        try:
            must_vote(caller)
            parameters.read(request)
            value, voter = ballot(caller, request.data, withdraw=withdraw)
        except votes.ValueNotAllowed:
            known_idea(caller, code)
            raise votes.value_refused(code) from None
        except (DomainError, APIException):
            known_idea(caller, code)  # what they may not know of is 404, however wrong the rest is
            raise
        limit_votes(caller, voter)
        if caller.session is not None:
            return votes.cast_by_widget(code=code, session=caller.session, value=value)
        if caller.user is not None:
            return votes.cast_as_user(code=code, user_id=caller.user.pk, value=value)
        assert caller.key is not None  # noqa: S101 - neither visitor nor member
        return votes.cast_on_behalf(code=code, key=caller.key, value=value, **voter)


def must_vote(caller: Caller) -> None:
    """A widget's session is for voting; whether its key still lives the vote itself asks."""
    if caller.session is None:
        caller.must_have(Scope.VOTE)


def before_in(sent: dict[str, str]) -> int | None:
    """The number of a revision. Raises BadCursor."""
    cursor = sent.get("cursor", "")
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= LONGEST_NUMBER):
        raise BadCursor
    return int(cursor)


def wanted_filters(brand: Brand, sent: dict[str, str]) -> Filters:
    """Raises Invalid for what no idea could be like. A page leaves out a field that is empty; a
    program that sends one has lost its value.
    """
    filters, problems = filters_from(brand, sent)
    empty = [name for name in NAMES if name != "q" and sent.get(name) == ""]
    problems |= dict.fromkeys(empty, ("blank", _("Leave it out, or give it a value.")))
    if problems:
        raise Invalid(fields={name: [problem] for name, problem in problems.items()})
    return filters


def ballot(caller: Caller, body: dict[str, Any], *, withdraw: bool) -> tuple[int, dict[str, Any]]:
    """The value and, for a secret key, the voter. Raises DomainError for a wrong shape."""
    names = () if withdraw else ("value",)
    if caller.own_key is None:
        only(body, *names)
        voter = {}
    else:
        only(body, *names, "voter")
        voter = person(read_voter(body))
    value = votes.WITHDRAWN if withdraw else read_value(body)
    if not withdraw and (value == votes.WITHDRAWN or not votes.SMALLEST <= value <= votes.LARGEST):
        raise votes.ValueNotAllowed
    return value, voter


def post(caller: Caller, brand: Brand, challenge: Challenge, sent: dict[str, Any]) -> Idea:
    """The new idea. Nobody becomes a participant by a post that is refused: one transaction."""
    named = sent.pop("author", None)
    with transaction.atomic():
        author = author_of(caller, brand, named)
        limit_ideas(caller, brand, person(named) if named else None)
        return ideas.post_idea(challenge=challenge, author=author, actor=caller.user, **sent)


def new_idea(caller: Caller, brand: Brand, body: dict[str, Any]) -> dict[str, Any]:
    """What was sent. Raises Invalid with the faults of every field, those of the question too."""
    try:
        return read(NewIdea, body)
    except ValidationError as error:
        faults = flatten(error.get_full_details())
        if not {"challenge", "accept_licence"} & faults.keys():
            faults |= faults_by_challenge(caller, brand, body)
        raise Invalid(fields=faults) from error


def faults_by_challenge(caller: Caller, brand: Brand, body: dict[str, Any]) -> Fields:
    try:
        challenge = challenge_in(caller, brand, body.get("challenge", PERMANENT_SLUG))
    except Invalid as error:
        return error.fields
    is_accepted = body.get("accept_licence", False)
    return ideas.licence_faults(challenge, is_accepted=is_accepted, version=None)


def challenge_in(caller: Caller, brand: Brand, slug: str) -> Challenge:
    try:
        return challenge_or_404(brand, slug, caller.user)
    except NotFound as error:
        raise Invalid(
            fields={"challenge": [("unknown", _("The brand has no such challenge."))]}
        ) from error


def shown_idea(caller: Caller, idea: Idea) -> dict[str, Any]:
    row = idea_row(code=idea.code, user_id=caller.user_id)
    if row is None:
        raise NotFound
    if caller.session is not None:
        add_votes([row], caller.session)
    return shapes.idea(idea, row)


def idea_answer(shown: dict[str, Any], status: int = 200) -> HttpResponse:
    response = answer(shown, status)
    response["ETag"] = shapes.etag(shown)
    return response


def started_from(request: HttpRequest, idea: Idea) -> int | None:
    """The revision that the caller has read, for the verb to compare with the one it changes; None:
    any will do. Raises ChangedMeanwhile.
    """
    wanted = wanted_texts(request)
    if wanted is None:
        return None
    if str(idea.revision) not in wanted:
        raise ideas.ChangedMeanwhile
    return idea.revision


def idea_unless_known(request: HttpRequest, caller: Caller, shown: dict[str, Any]) -> HttpResponse:
    """304 for a version the caller has. A tag without the counts tells nothing of their vote."""
    is_whole = not shown["counts_hidden"] or caller.user is None
    response = idea_answer(shown)
    return unless_its_tag_is_known(request, response) if is_whole else response
