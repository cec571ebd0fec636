"""What people say about an idea, what its brand decides and answers, and who wants to hear."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.domain.participants import of_user
from accounts.enums import Scope
from accounts.limits import follow_as_member
from accounts.rules import can_see_desk
from api import parameters
from api.answers import answer, unless_its_tag_is_known, wanted_texts
from api.callers import Caller
from api.idempotency import once
from api.permissions import (
    answerable_idea,
    followable_idea,
    known_comment,
    known_idea,
    own_comment,
    readable_comment,
    readable_idea,
)
from api.throttling import limit_comments
from api.v1 import talk_described as described
from api.v1 import talk_shapes as shapes
from api.v1.authors import author_of, person
from api.v1.serializers import CommentContent, NewComment, NewStatus, only, read
from api.v1.views import idea_answer, shown_idea, started_from
from api.views import ApiView
from cocreate.lib.errors import Invalid, NotFound
from ideas.domain import comments, decisions, follows
from ideas.domain.statuses import graph_of
from ideas.enums import CommentSort
from ideas.models import Comment, Idea


class Comments(ApiView):
    @described.comments
    def get(self, request: Any, code: str) -> HttpResponse:
        idea = readable_idea(self.caller, code)
        with parameters.Query(request, "sort", "cursor", "limit") as query:
            sort = query.choice("sort", CommentSort) or CommentSort.OLD
            limit, cursor = query.limit(), query.cursor()
        for_team = is_team(self.caller, idea)
        page = comments.comments_page(
            idea=idea, sort=sort, cursor=cursor, limit=limit, for_team=for_team
        )
        results = [shapes.comment(row, for_team=for_team) for row in page.items]
        return answer({"results": results, "next": page.next})

    @described.post_comment
    def post(self, request: Any, code: str) -> HttpResponse:
        self.caller.must_be_known()
        idea = known_idea(self.caller, code)
        self.caller.must_have(Scope.WRITE)
        parameters.read(request)
        sent = read(NewComment, request.data)
        return once(
            request, self.caller, request.data,
            lambda: created(self.caller, post(self.caller, idea, sent)),
        )  # fmt: skip


class OneComment(ApiView):
    @described.comment
    def get(self, request: Any, code: str) -> HttpResponse:
        comment = readable_comment(self.caller, code)
        parameters.read(request)
        return unless_its_tag_is_known(request, comment_answer(self.caller, comment))

    @described.edit_comment
    def patch(self, request: Any, code: str) -> HttpResponse:
        comment = own_comment(self.caller, code)
        parameters.read(request)
        body = read(CommentContent, request.data)["body"]
        as_read = moment_read(request, comment)
        limit_comments(self.caller, comment.brand, None)
        changed = comments.edit(comment=comment, body=body, actor=self.caller.user, as_read=as_read)
        comment.body, comment.edited_at = changed.body, changed.edited_at
        return comment_answer(self.caller, comment)

    @described.delete_comment
    def delete(self, request: Any, code: str) -> HttpResponse:
        comment = own_comment(self.caller, code)
        parameters.read(request)
        only(request.data)
        as_read = moment_read(request, comment)
        comments.delete(comment=comment, actor=self.caller.user, as_read=as_read)
        comment.refresh_from_db(fields=["body", "pinned", "deleted_at"])
        return comment_answer(self.caller, comment)


class Status(ApiView):
    @described.history
    def get(self, request: Any, code: str) -> HttpResponse:
        idea = readable_idea(self.caller, code)
        parameters.read(request)
        graph = graph_of(idea.brand)
        rows = [shapes.decision(row, graph) for row in decisions.history_of(idea)]
        return answer({"results": rows, "next": None})

    @described.set_status
    def post(self, request: Any, code: str) -> HttpResponse:
        idea = answerable_idea(self.caller, code)
        parameters.read(request)
        sent = read(NewStatus, request.data)
        return once(request, self.caller, request.data, lambda: self.decided(idea, sent))

    def decided(self, idea: Idea, sent: dict[str, Any]) -> HttpResponse:
        revision = started_from(self.request, idea)
        decisions.set_status(idea=idea, actor=self.caller.user, revision=revision, **sent)
        return idea_answer(shown_idea(self.caller, idea))


class Response(ApiView):
    @described.respond
    def post(self, request: Any, code: str) -> HttpResponse:
        idea = answerable_idea(self.caller, code)
        parameters.read(request)
        body = read(CommentContent, request.data)["body"]
        return once(request, self.caller, request.data, lambda: self.respond(idea, body))

    def respond(self, idea: Idea, body: str) -> HttpResponse:
        return created(self.caller, comments.answer(idea=idea, body=body, actor=self.caller.user))


class Follow(ApiView):
    @described.follow
    def put(self, request: Any, code: str) -> HttpResponse:
        return self.say(request, code, wanted=True)

    @described.unfollow
    def delete(self, request: Any, code: str) -> HttpResponse:
        return self.say(request, code, wanted=False)

    def say(self, request: Any, code: str, *, wanted: bool) -> HttpResponse:
        idea, user = followable_idea(self.caller, code), self.caller.user
        assert user is not None  # noqa: S101 - neither visitor nor key
        parameters.read(request)
        only(request.data)
        follow_as_member(user_id=user.pk)
        participant = of_user(brand=idea.brand, user=user)
        verb = follows.follow if wanted else follows.unfollow
        verb(idea=idea, participant=participant)
        return answer(shapes.follow(idea, follows=wanted))


def post(caller: Caller, idea: Idea, sent: dict[str, Any]) -> Comment:
    """The new comment. Nobody becomes a participant by one that is refused: one transaction."""
    named = sent.get("author")
    parent = parent_in(caller, idea, sent["parent"]) if "parent" in sent else None
    with transaction.atomic():
        author = author_of(caller, idea.brand, named)
        limit_comments(caller, idea.brand, person(named) if named else None)
        return comments.post(
            idea=idea, author=author, body=sent["body"], actor=caller.user, parent=parent,
            official=author is None,
        )  # fmt: skip


def parent_in(caller: Caller, idea: Idea, code: str) -> Comment:
    """Of the same idea, and one that the caller may know of."""
    try:
        parent = known_comment(caller, code)
    except NotFound:
        parent = None
    if parent is None or parent.idea_id != idea.pk:
        raise Invalid(fields={"parent": [("unknown", _("This idea has no such comment."))]})
    return parent


def is_team(caller: Caller, idea: Idea) -> bool:
    """People of the team read what it hid. A key does not: its answers end on pages."""
    return caller.user is not None and can_see_desk(caller.user, idea.brand)


def comment_answer(caller: Caller, comment: Comment, status: int = 200) -> HttpResponse:
    shown = shapes.comment(comment, for_team=is_team(caller, comment.idea))
    response = answer(shown, status)
    response["ETag"] = shapes.etag(comment, shown)
    return response


def moment_read(request: HttpRequest, comment: Comment) -> datetime | None:
    """Of the words that the caller has read, for the verb to compare with those it changes; None:
    any will do. Raises CommentChanged.
    """
    wanted = wanted_texts(request)
    if wanted is None:
        return None
    if shapes.words_of(comment) not in wanted:
        raise comments.CommentChanged
    return comment.said_at


def created(caller: Caller, comment: Comment) -> HttpResponse:
    response = comment_answer(caller, comment, 201)
    response["Location"] = f"{settings.PUBLIC_URL}/api/v1/comments/{comment.code}/"
    return response
