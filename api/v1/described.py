"""What the schema says of each endpoint. Decorates the methods of the views."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from accounts.enums import Role, Scope, Visibility
from accounts.models.user import NAME_LENGTH
from api.errors import VoterRequired
from api.v1 import examples
from api.v1.operations import (
    ALWAYS,
    CREDENTIALS,
    FORM,
    ONCE,
    OR_NONE,
    READING,
    WRITING,
    in_header,
    in_path,
    in_query,
    operation,
)
from api.v1.serializers import LONGEST_EXTERNAL_ID, Ballot, IdeaContent, NewIdea, Withdrawal
from cocreate.lib.errors import SignInRequired
from cocreate.lib.images import PictureTooLarge, PictureTooManyPixels, PictureUnreadable
from cocreate.lib.pages import DEFAULT_LIMIT, LARGEST_LIMIT, SMALLEST_LIMIT, BadCursor
from ideas.domain.deleting import CannotBeDeleted
from ideas.domain.ideas import ChangedMeanwhile, IdeaDeleted
from ideas.domain.images import TooManyWaiting
from ideas.domain.lists import SortHidden
from ideas.domain.search import LONGEST_SEARCH
from ideas.domain.votes import IdeaClosed, NoBudget, PhaseClosed, ValueNotAllowed
from ideas.enums import Lock, Mode, Period, Sort, Verb, Voters, VoteState
from ideas.models.image import ALT_LENGTH


class BudgetShape(serializers.Serializer[Any]):
    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    until = serializers.DateTimeField(
        allow_null=True, help_text="When it fills up again; null: never."
    )


class VoteAnswer(serializers.Serializer[Any]):
    idea = serializers.CharField()
    value = serializers.IntegerField(allow_null=True, help_text="null: no vote.")
    state = serializers.ChoiceField(VoteState.choices, allow_null=True)
    support = serializers.IntegerField(allow_null=True)
    oppose = serializers.IntegerField(allow_null=True)
    points = serializers.IntegerField(allow_null=True)
    budget = BudgetShape(allow_null=True, help_text="null: no limit.")


class Place(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices, allow_null=True)


class MeShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["member", "key", "widget"])
    handle = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    email = serializers.EmailField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    brands = Place(many=True, help_text="Where a member is in the team; the brand of a key.")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices), allow_null=True)


class StatusStepShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField(help_text="In the caller's language.")
    next = serializers.ListField(
        child=serializers.CharField(), help_text="Where an idea of this status may go."
    )
    locks = serializers.ListField(
        child=serializers.ChoiceField(Lock.choices), help_text="What it ends."
    )
    needs_reason = serializers.BooleanField(help_text="A reason and 40 characters of message.")


class AccentShape(serializers.Serializer[Any]):
    """Readable on white, and as the ground of white words; the same in the dark."""

    light = serializers.CharField()
    dark = serializers.CharField()


class BrandShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    url = serializers.URLField()
    name = serializers.CharField()
    tagline = serializers.CharField()
    language = serializers.CharField()
    visibility = serializers.ChoiceField(Visibility.choices)
    accent = AccentShape(help_text="The brand's own colour, #rrggbb.")
    statuses = StatusStepShape(many=True, help_text="The brand's own graph, in its order.")
    created = serializers.DateTimeField()


class PhaseShape(serializers.Serializer[Any]):
    title = serializers.CharField()
    opens = serializers.DateTimeField(allow_null=True)
    closes = serializers.DateTimeField(allow_null=True)
    allows = serializers.ListField(child=serializers.ChoiceField(Verb.choices))
    hides_counts = serializers.BooleanField()


class CoverShape(serializers.Serializer[Any]):
    url = serializers.URLField()
    alt = serializers.CharField(help_text="What it shows; may be empty.")


class ChallengeShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    url = serializers.URLField()
    brand = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    body_html = serializers.CharField()
    language = serializers.CharField()
    permanent = serializers.BooleanField()
    mode = serializers.ChoiceField(Mode.choices)
    max_points = serializers.IntegerField()
    budget = serializers.IntegerField(
        allow_null=True, help_text="Votes, or points, that each person has; null: no limit."
    )
    budget_period = serializers.ChoiceField(Period.choices, allow_null=True)
    half_life_days = serializers.FloatField(
        help_text="After so many days a vote weighs half in the order hot."
    )
    who_votes = serializers.ChoiceField(
        Voters.choices, help_text="Whoever else tries is 403 not_allowed."
    )
    licence = serializers.CharField(help_text="What a post must accept; empty: nothing.")
    licence_version = serializers.IntegerField(
        help_text="Counts the texts of the licence; 0: there was none yet."
    )
    rules_version = serializers.IntegerField(
        help_text="Counts all changes of its rules; the page `…/rules/` has the public log."
    )
    counts_hidden = serializers.BooleanField()
    allows = serializers.ListField(
        child=serializers.ChoiceField(Verb.choices), help_text="What may be done now."
    )
    closed = serializers.BooleanField(help_text="By the team, whatever its phases say.")
    phases = PhaseShape(many=True, help_text="They may overlap: all that any of them allows.")
    cover = CoverShape(allow_null=True)
    published = serializers.DateTimeField(help_text="Drafts are not listed.")
    created = serializers.DateTimeField()


class ChallengePage(serializers.Serializer[Any]):
    results = ChallengeShape(many=True)
    next = serializers.CharField(allow_null=True)


class Author(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Empty for somebody who gave none.")
    handle = serializers.CharField(allow_null=True, help_text="null: no account.")


class StatusShape(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="One of the brand's `statuses`.")
    label = serializers.CharField(help_text="In the caller's language.")


class ImageSize(serializers.Serializer[Any]):
    width = serializers.IntegerField()
    url = serializers.URLField()


class ImageShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    url = serializers.URLField(help_text="WebP, the largest of `sizes`.")
    alt = serializers.CharField(help_text="Empty: nobody has described it.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    sizes = ImageSize(many=True, help_text="Smallest first.")


class ListedIdea(serializers.Serializer[Any]):
    code = serializers.CharField()
    url = serializers.URLField()
    brand = serializers.CharField()
    challenge = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    author = Author(allow_null=True, help_text="null: the brand itself.")
    status = StatusShape()
    support = serializers.IntegerField(
        allow_null=True, help_text="null, as every count, while a phase hides them."
    )
    oppose = serializers.IntegerField(allow_null=True)
    points = serializers.IntegerField(allow_null=True)
    counts_hidden = serializers.BooleanField()
    score = serializers.FloatField(
        allow_null=True,
        help_text="Today's decayed sum of votes (hot): by the brand's half-life in a brand's list, "
        "by the question's with `challenge` and for one idea.",
    )
    comments = serializers.IntegerField()
    my_vote = serializers.IntegerField(allow_null=True, help_text="The caller's own.")
    tags = serializers.ListField(child=serializers.CharField())
    images = ImageShape(many=True, help_text="In their order.")
    merged_into = serializers.CharField(
        allow_null=True,
        help_text="The code of the idea it became part of. Ideas are not merged yet: null.",
    )
    revision = serializers.IntegerField()
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()


class SupportBy(serializers.Serializer[Any]):
    self = serializers.IntegerField()
    on_behalf = serializers.IntegerField()
    imported = serializers.IntegerField()


class Uncounted(serializers.Serializer[Any]):
    pending = serializers.IntegerField(help_text="Waiting for their e-mail to be confirmed.")
    held = serializers.IntegerField(help_text="Under review.")


class Signer(serializers.Serializer[Any]):
    name = serializers.CharField()
    handle = serializers.CharField(allow_null=True)


class IdeaShape(ListedIdea):
    body = serializers.CharField()
    body_html = serializers.CharField()
    support_by = SupportBy(allow_null=True)
    uncounted = Uncounted(allow_null=True)
    licence = serializers.CharField(help_text="As agreed when it was posted.")
    co_authors = Signer(many=True, help_text="Who signs it with its author.")


class RevisionShape(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    hidden = serializers.BooleanField(help_text="By the team: it has no title, text and tags here.")
    title = serializers.CharField()
    body = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    by_brand = serializers.BooleanField()
    editor = Signer(allow_null=True, help_text="Null: the brand, or somebody erased.")
    at = serializers.DateTimeField()


class RevisionPage(serializers.Serializer[Any]):
    results = RevisionShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page.")


class IdeaPage(serializers.Serializer[Any]):
    results = ListedIdea(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="The cursor of the next page; null: this is the last."
    )


class BoardShape(serializers.Serializer[Any]):
    brand = BrandShape()
    challenges = ChallengeShape(
        many=True, help_text="That of `challenge`; without it those of these ideas."
    )
    ideas = IdeaPage()


BRAND = in_path("slug", "^[a-z0-9-]{1,50}$", "The brand.", examples.BRAND)
IDEA = in_path("code", "^[a-z0-9]{1,12}$", "The idea's code.", examples.IDEA)
IF_MATCH = in_header("If-Match", "The tag you started from: 412 if somebody was faster.")
CURSOR = in_query("cursor", str, "`next` of the page before.")
LIMIT = {
    "type": "integer",
    "minimum": SMALLEST_LIMIT,
    "maximum": LARGEST_LIMIT,
    "default": DEFAULT_LIMIT,
}
SORT = (
    "Default: discover in a challenge, hot in a brand's list, random in a challenge that hides its"
    " counts: that one refuses every order that would tell them (400 `sort_hidden`): discover, hot,"
    " best, top, rising, unseen. `unseen` is discover without what you voted on (401 for visitors)."
    " docs/ranking.md says what each order is."
)
SEARCH = {"type": "string", "maxLength": LONGEST_SEARCH}
SEARCHED = (
    "French and English, with their endings; accents do not matter. `-word` leaves out, `wor*`"
    ' begins so, `"these words"` stand together. Without `sort` the 200 best matches come, best'
    " first."
)
DAY = {"type": "string", "format": "date"}
HOW_MANY = in_query("limit", LIMIT, "How many to a page.", 50)

me = operation(
    "me", "Who am I?", "Whom the credential stands for.",
    good={200: MeShape}, errors=(*ALWAYS, SignInRequired), auth=CREDENTIALS,
)  # fmt: skip
brand = operation("brand", "A brand", "Its name and its statuses.", BRAND, good={200: BrandShape})
challenges = operation(
    "challenges", "The questions a brand asks", "Newest first, the permanent one last. One page.",
    BRAND, good={200: ChallengePage},
)  # fmt: skip
NARROWED = (
    in_query("sort", str, SORT, "new", enum=Sort.values),
    in_query("challenge", str, "Only of this challenge: its slug.", "street"),
    in_query("q", SEARCH, "Only with all of these words. " + SEARCHED, "light -wind"),
    in_query("status", str, "Only of this status: a key of the brand's `statuses`.", "planned"),
    in_query("tag", str, "Only with this tag.", "light"),
    in_query("language", str, "Only in this language, such as `fr`.", "en"),
    in_query("author", str, "Only by this author: a handle.", "zoe"),
    in_query("since", DAY, "Only posted on this day (UTC) or later.", "2026-01-01"),
    in_query("until", DAY, "Only posted on this day (UTC) or earlier.", "2036-12-31"),
    CURSOR,
    HOW_MANY,
)
LISTS = {"errors": (*READING, SignInRequired, BadCursor, SortHidden), "auth": OR_NONE}
ideas = operation(
    "ideas", "A brand's ideas",
    "Follow `next` with the same parameters. In hot and top an idea may move across the cursor.",
    BRAND, *NARROWED, good={200: IdeaPage}, **LISTS,
)  # fmt: skip
board = operation(
    "board", "A brand's ideas, with all that it takes to show them",
    "The list, the brand, and the questions whose rules its votes go by, each as its own address"
    " has it.",
    BRAND, *NARROWED, good={200: BoardShape}, **LISTS,
)  # fmt: skip
post_idea = operation(
    "post_idea", "Post an idea", "A secret key posts as the brand unless it names an author.",
    BRAND, good={201: IdeaShape}, errors=(*WRITING, *ONCE, PhaseClosed), request=NewIdea,
    told=("ETag", "Location"),
)  # fmt: skip
idea = operation(
    "idea", "An idea", "With its text and where its support comes from.",
    IDEA, good={200: IdeaShape},
)  # fmt: skip
edit_idea = operation(
    "edit_idea", "Change an idea",
    "Its authors until its status ends changes or votes, the brand's managers always.",
    IDEA, IF_MATCH, good={200: IdeaShape}, errors=(*WRITING, ChangedMeanwhile, IdeaDeleted),
    request=IdeaContent, told=("ETag",),
)  # fmt: skip
delete_idea = operation(
    "delete_idea", "Delete an idea",
    "Its author alone, while they may change it. On its page they can bring it back for 30 days.",
    IDEA, IF_MATCH, good={204: OpenApiResponse(description="It is gone for everybody else.")},
    errors=(*WRITING, ChangedMeanwhile, CannotBeDeleted), request=None,
)  # fmt: skip
revisions = operation(
    "revisions", "What an idea said before",
    "The newest first, beginning with what it says now; empty where it was never changed.",
    IDEA, CURSOR, good={200: RevisionPage}, errors=(*READING, BadCursor),
)  # fmt: skip
VOTING = (*WRITING, VoterRequired, PhaseClosed, IdeaClosed)
cast = operation(
    "vote", "Vote", "201: a new vote. 200: as it was, or changed. The same vote twice is one vote.",
    IDEA, good={200: VoteAnswer, 201: VoteAnswer}, errors=(*VOTING, ValueNotAllowed, NoBudget),
    request=Ballot,
)  # fmt: skip
withdraw = operation(
    "withdraw_vote", "Take a vote back", "Withdrawing nothing is fine. A key names the voter.",
    IDEA, good={200: VoteAnswer}, errors=VOTING, request=Withdrawal,
)  # fmt: skip


def form_field(description: str, **kind: Any) -> dict[str, Any]:
    return {"type": "string", "description": description} | kind


WHOSE = "For secret keys: whose picture it is."
IMAGE_FORM = {
    "type": "object",
    "properties": {
        "brand": form_field("Its slug.", minLength=1),
        "alt": form_field("What it shows, for people who cannot see it.", maxLength=ALT_LENGTH),
        "author.external_id": form_field(WHOSE, maxLength=LONGEST_EXTERNAL_ID),
        "author.email": form_field(WHOSE, format="email"),
        "author.name": form_field(WHOSE, maxLength=NAME_LENGTH),
        "file": form_field("JPEG, PNG, WebP, GIF or AVIF; 10 MB, 40 megapixels.", format="binary"),
    },
    "required": ["brand", "file"],
    "additionalProperties": False,
}
post_image = operation(
    "post_image", "Send a picture",
    "It belongs to no idea until an idea of the same author names it in `images`, and goes after a "
    "day without one. Until then only who sent it finds it, signed in.",
    good={201: ImageShape}, request={FORM: IMAGE_FORM},
    errors=(
        *WRITING, *ONCE, TooManyWaiting, PictureTooLarge, PictureTooManyPixels, PictureUnreadable,
    ),
)  # fmt: skip
