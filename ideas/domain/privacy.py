"""What ideas and votes hold of a person (cocreate/lib/personal.py).

Erasing takes links and texts. The vote, its count and the ledger's `ref` stay, unless the rules of
the challenge say that votes leave with their owner: then they are withdrawn, by ledger rows.
"""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now

from accounts.domain.privacy import names_of
from accounts.models import Activity, Brand, User
from cocreate.lib.errors import NotFound
from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.personal import Rows, holds, holds_nothing
from ideas.domain import coauthors, images
from ideas.domain.deleting import empty
from ideas.models import (
    CoAuthor,
    Comment,
    Decision,
    Draft,
    Follow,
    Idea,
    Image,
    ImportBatch,
    Note,
    Report,
    Revision,
    SavedView,
    Score,
    Vote,
    VoteBudget,
    VoteEvent,
)

LEAVE = "SELECT erase_votes(%(people)s::bigint[])"


def of(user: User, participant: str = "participant") -> Q:
    """Rows of all that the user is to brands: their participants, and the names joined to them."""
    return Q(**{f"{participant}__in": names_of(user)})


def export_ideas(user: User) -> Rows:
    return (
        Idea.objects.filter(of(user, "author"))
        .order_by("id")
        .values(
            "code", "title", "body", "language", "tags", "status", "licence", "licence_version",
            "licence_at", "created_at", "updated_at", "deleted_at",
            challenge_title=F("challenge__title"), brand_name=F("brand__name"),
        )
    )  # fmt: skip


def erase_texts(user: User) -> None:
    """The text goes, with all that it said before, and the idea from every list; its votes stay
    with it, for the tally. Who signs it too is told.
    """
    mine = Idea.objects.filter(of(user, "author"))
    signed = coauthors.signed_by_others(mine)
    empty(list(mine.values_list("code", flat=True)))
    coauthors.tell_of_erasing(signed)


def signed_by_others(user: User) -> int:
    """How many of their ideas somebody else signs too."""
    mine = Idea.objects.filter(of(user, "author"))
    return len({row.idea_id for row in coauthors.signed_by_others(mine)})


def export_votes(user: User) -> Rows:
    """A brand that has closed its door to them tells no title any more, nor does an idea that is
    hidden or deleted, unless it is theirs.
    """
    seen = Q(idea__brand__in=Brand.objects.visible_to(user), idea__hidden=False)
    title = Case(When(seen | of(user, "idea__author"), then=F("idea__title")), default=Value(""))
    return (
        Vote.objects.filter(of(user))
        .order_by("at")
        .values("value", "state", "source", "at", code=F("idea__code"), title=title)
    )


def withdraw_votes_that_leave(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, {"people": names_of(user)})


def export_budgets(user: User) -> Rows:
    return (
        VoteBudget.objects.filter(of(user))
        .order_by("id")
        .values("period", "used", challenge_title=F("challenge__title"))
    )


def export_ledger(user: User) -> Rows:
    refs = list(user.participants.values_list("ref", "joined__ref"))
    return (
        VoteEvent.objects.filter(ref__in={ref for pair in refs for ref in pair if ref})
        .order_by("seq")
        .values("seq", "ref", "kind", "was", "value", "state", "source", "cost", "at")
    )


def export_comments(user: User) -> Rows:
    """With what they wrote in the name of a brand."""
    return (
        Comment.objects.filter(of(user, "author") | Q(actor=user))
        .order_by("id")
        .values(
            "code", "body", "official", "hidden", "created_at", "edited_at", "deleted_at",
            idea_code=F("idea__code"), brand_name=F("brand__name"),
        )
    )  # fmt: skip


def erase_comments(user: User) -> None:
    """Their places stay, empty, for those who answered, and nobody reads any more why a team hid
    one, or a revision of theirs. What a brand said stays the brand's.
    """
    mine = Comment.objects.filter(of(user, "author"), official=False)
    _hold_in_order(user)
    mine.update(body="", deleted_at=Coalesce("deleted_at", Now()))
    reasons = ["comment.hidden", "revision.hidden"]
    Activity.objects.filter(of(user), kind__in=reasons).update(data={})


def _hold_in_order(user: User) -> None:
    """Comments, ideas, counters, each by id: as whoever else holds several of them, or a fold and
    an erasing would wait for each other.
    """
    ideas = Idea.objects.filter(of(user, "author"))
    talk = Comment.objects.filter(of(user, "author"))
    counters = Score.objects.filter(Q(idea__in=ideas) | Q(idea__talk__in=talk))
    by_id = Score.objects.filter(pk__in=counters.values("pk"))
    for rows in (talk, ideas, by_id):
        list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))


def export_images(user: User) -> Rows:
    rows = Image.objects.filter(of(user, "uploader")).order_by("id")
    return rows.values(
        "code",
        "alt",
        "width",
        "height",
        "at",
        idea_code=F("idea__code"),
        brand_name=F("brand__name"),
    )


def pictures_of(user: User) -> Iterator[tuple[str, bytes | None]]:
    """The code and the largest file of each picture that export_images() tells of; None where the
    file is lost.
    """
    for image in Image.objects.filter(of(user, "uploader")).order_by("id"):
        try:
            yield image.code, images.file_of(image, image.width)
        except NotFound:
            yield image.code, None


def erase_images(user: User) -> None:
    """With their files, from the ideas of others too."""
    images.withdraw(Image.objects.filter(of(user, "uploader")))


def export_follows(user: User) -> Rows:
    rows = Follow.objects.filter(of(user)).order_by("id")
    return rows.values("active", "at", idea_code=F("idea__code"))


def export_reports(user: User) -> Rows:
    """What they reported. What others reported of theirs is for the team alone."""
    return (
        Report.objects.filter(of(user, "reporter"))
        .order_by("id")
        .values(
            "code", "reason", "detail", "state", "at", idea_code=F("idea__code"),
            comment_code=F("comment__code"),
        )
    )  # fmt: skip


def erase_details(user: User) -> None:
    """That somebody reported stays, and why; their own words go."""
    Report.objects.filter(of(user, "reporter")).update(detail="")


def export_decisions(user: User) -> Rows:
    return (
        Decision.objects.filter(actor=user)
        .order_by("id")
        .values(
            "code", "before", "after", "reason", "message", "at", idea_code=F("idea__code"),
            brand_name=F("brand__name"),
        )
    )  # fmt: skip


def export_notes(user: User) -> Rows:
    rows = Note.objects.filter(author=user).order_by("id")
    return rows.values("code", "body", "at", idea_code=F("idea__code"), brand_name=F("brand__name"))


def export_views(user: User) -> Rows:
    rows = SavedView.objects.filter(member__user=user).order_by("id")
    return rows.values("code", "name", "query", "at", brand_name=F("brand__name"))


def export_imports(user: User) -> Rows:
    rows = ImportBatch.objects.filter(by=user).order_by("id")
    return rows.values(
        "code", "file_name", "state", "created_at",
        brand_name=F("brand__name"), challenge_title=F("challenge__title"),
    )  # fmt: skip


def export_drafts(user: User) -> Rows:
    rows = Draft.objects.filter(user=user).order_by("id")
    return rows.values(
        "title", "body", "tags", "language", "created_at", "updated_at",
        brand_name=F("brand__name"), challenge_title=F("challenge__title"),
    )  # fmt: skip


def erase_drafts(user: User) -> None:
    Draft.objects.filter(user=user).delete()


def export_revisions(user: User) -> Rows:
    """What their ideas said, whoever wrote it so, and how they changed those of others. What a team
    has hidden is in the copy of whoever wrote it alone: it may be about somebody else.
    """
    of_theirs = of(user, "idea__author") & Q(hidden=False)
    rows = Revision.objects.filter(of_theirs | of(user, "editor"))
    return rows.order_by("id").values(
        "number", "title", "body", "tags", "language", "at", idea_code=F("idea__code")
    )


def export_co_authored(user: User) -> Rows:
    return (
        CoAuthor.objects.filter(of(user) | _declined_by_mail(user))
        .order_by("id")
        .values("answer", "at", "answered_at", idea_code=F("idea__code"))
    )


def erase_co_authored(user: User) -> None:
    """Their name leaves the ideas of others, and an address that somebody invited goes with it;
    where it declined, the keyed hash of it, which else goes with the idea.
    """
    addresses = EmailAddress.objects.filter(user=user).values("email")
    theirs = of(user) | Q(email__in=addresses) | _declined_by_mail(user)
    CoAuthor.objects.filter(theirs).delete()


def _declined_by_mail(user: User) -> Q:
    """Of addresses that they have proved: naming another's undoes nobody's no."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return Q(mailbox__in=[mailbox_key(email) for email in proved])


TEAM = "Said for the brand, whose record it stays; the name of who said it leaves with the account."
TALLY = "The vote stays, its owner's name leaves with the participant."

holds("ideas.Idea", export=export_ideas, erase=erase_texts)
holds("ideas.Vote", export=export_votes, erase=withdraw_votes_that_leave)
holds("ideas.VoteBudget", export=export_budgets, goes=TALLY)
holds("ideas.VoteEvent", export=export_ledger, goes=TALLY)
holds("ideas.Decision", export=export_decisions, goes=TEAM)
holds("ideas.Note", export=export_notes, goes=TEAM)
holds("ideas.SavedView", export=export_views, goes="Their own go with their place in the team.")
holds("ideas.Follow", export=export_follows, goes="The name leaves with the participant.")
holds("ideas.Report", export=export_reports, erase=erase_details)
holds("ideas.Image", export=export_images, erase=erase_images)
holds("ideas.ImportBatch", export=export_imports, goes=TEAM)
holds("ideas.Draft", export=export_drafts, erase=erase_drafts)
holds(
    "ideas.Revision",
    export=export_revisions,
    goes="Of their ideas they go with the texts; elsewhere the name leaves with the participant.",
)
holds("ideas.CoAuthor", export=export_co_authored, erase=erase_co_authored)
holds("ideas.Comment", export=export_comments, erase=erase_comments)
holds_nothing("ideas.Challenge", because="The brand's own words.")
holds_nothing(
    "ideas.Rules", because="The brand's rules; who changed them is set to nobody with the account."
)
holds_nothing("ideas.Searchable", because="The words of an idea: they go with its text.")
holds_nothing("ideas.Phase", because="Dates.")
holds_nothing(
    "ideas.ImportPart", because="A brand's file, gone when it is imported or a week is over."
)
holds_nothing("ideas.StatusStep", because="The brand's own words.")
holds_nothing("ideas.AlertRule", because="Figures that a team chose.")
holds_nothing(
    "ideas.Score",
    "ideas.LedgerBatch",
    "ideas.TopIdea",
    "ideas.Alert",
    "ideas.Hushed",
    "ideas.Unsettled",
    "ideas.Recount",
    "ideas.OrderVersion",
    "ideas.OrderPlace",
    "ideas.OrderTouch",
    "ideas.Exposure",
    "ideas.Attendance",
    because="Counts and orders.",
)
