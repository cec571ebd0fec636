"""What the schema says of comments, decisions, answers and following."""

from typing import Any

from rest_framework import serializers

from api.v1 import examples
from api.v1.described import CURSOR, HOW_MANY, IDEA, IF_MATCH, Author, IdeaShape, StatusShape
from api.v1.operations import ONCE, READING, WRITING, in_path, in_query, operation
from api.v1.serializers import CommentContent, NewComment, NewStatus
from cocreate.lib.pages import BadCursor
from ideas.domain.comments import (
    CommentChanged,
    CommentsClosed,
    CommentsEnded,
    ParentGone,
    TooLateToChange,
)
from ideas.domain.ideas import ChangedMeanwhile
from ideas.enums import CommentSort, DeclineReason


class CommentShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    url = serializers.URLField(help_text="Leads to its place in the discussion.")
    idea = serializers.CharField()
    parent = serializers.CharField(allow_null=True, help_text="null: it is on the idea itself.")
    depth = serializers.IntegerField(help_text="1 on the idea itself, 4 at most.")
    author = Author(
        allow_null=True,
        help_text="null: the brand, where it is official; else somebody erased, or not for you.",
    )
    official = serializers.BooleanField(help_text="The brand speaks.")
    pinned = serializers.BooleanField(help_text="The brand's answer, above all others.")
    body = serializers.CharField(help_text="Empty where it is deleted, or hidden from you.")
    body_html = serializers.CharField()
    deleted = serializers.BooleanField()
    hidden = serializers.BooleanField(help_text="By the team.")
    created = serializers.DateTimeField()
    edited = serializers.DateTimeField(allow_null=True)


class CommentPage(serializers.Serializer[Any]):
    results = CommentShape(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="The cursor of the next page; null: this is the last."
    )


class ReasonShape(serializers.Serializer[Any]):
    key = serializers.ChoiceField(DeclineReason.choices)
    label = serializers.CharField(help_text="In the caller's language.")


class DecisionShape(serializers.Serializer[Any]):
    before = StatusShape()
    after = StatusShape()
    reason = ReasonShape(allow_null=True)
    message = serializers.CharField(help_text="Markdown; may be empty.")
    message_html = serializers.CharField()
    at = serializers.DateTimeField()


class DecisionPage(serializers.Serializer[Any]):
    results = DecisionShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="Always null: this is all.")


class FollowShape(serializers.Serializer[Any]):
    idea = serializers.CharField()
    follows = serializers.BooleanField()


COMMENT = in_path("code", "^[a-z0-9]{1,12}$", "The comment's code.", examples.COMMENT)
ENDED = (CommentsClosed, CommentsEnded)
CHANGEABLE = (
    "A member changes their own for 30 minutes (then 409 too_late); what the brand said, whoever "
    "answers for it and its keys always."
)

THREADS = "Of threads: oldest (default) or newest first."
comments = operation(
    "comments", "What people say about an idea",
    "In threads: replies stand under what they answer. What is deleted or hidden keeps its place.",
    IDEA,
    in_query("sort", str, THREADS, "new", enum=CommentSort.values),
    CURSOR,
    HOW_MANY,
    good={200: CommentPage},
    errors=(*READING, BadCursor),
)  # fmt: skip
post_comment = operation(
    "post_comment", "Comment on an idea",
    "A member as themselves. A secret key speaks for the brand, officially, unless it names an "
    "author. The same words twice within a minute are one comment.",
    IDEA, good={201: CommentShape}, errors=(*WRITING, *ONCE, *ENDED, ParentGone),
    request=NewComment, told=("ETag", "Location"),
)  # fmt: skip
comment = operation("comment", "A comment", "By its code.", COMMENT, good={200: CommentShape})
edit_comment = operation(
    "edit_comment", "Change a comment", CHANGEABLE,
    COMMENT, IF_MATCH, good={200: CommentShape},
    errors=(*WRITING, *ENDED, TooLateToChange, CommentChanged),
    request=CommentContent, told=("ETag",),
)  # fmt: skip
delete_comment = operation(
    "delete_comment", "Delete a comment", f"Its place stays, empty. {CHANGEABLE}",
    COMMENT, IF_MATCH, good={200: CommentShape},
    errors=(*WRITING, TooLateToChange, CommentChanged), request=None,
)  # fmt: skip
history = operation(
    "history", "What the brand decided about an idea", "The latest first.",
    IDEA, good={200: DecisionPage},
)  # fmt: skip
set_status = operation(
    "set_status", "Set an idea's status",
    "A manager of the brand, or its secret key. Along the brand's graph, or the same status with a "
    "message. People are told after a minute.",
    IDEA, IF_MATCH, good={200: IdeaShape}, errors=(*WRITING, *ONCE, ChangedMeanwhile),
    request=NewStatus, told=("ETag",),
)  # fmt: skip
respond = operation(
    "respond", "Answer an idea in the brand's name",
    "A manager of the brand, or its secret key. It is pinned above all comments.",
    IDEA, good={201: CommentShape}, errors=(*WRITING, *ONCE), request=CommentContent,
    told=("ETag", "Location"),
)  # fmt: skip
follow = operation(
    "follow", "Follow an idea", "A member hears of it from now on.",
    IDEA, good={200: FollowShape}, errors=WRITING, request=None,
)  # fmt: skip
unfollow = operation(
    "unfollow", "Follow an idea no more",
    "A member hears nothing of it any more, also as its author or as somebody who voted for it.",
    IDEA, good={200: FollowShape}, errors=WRITING, request=None,
)  # fmt: skip
