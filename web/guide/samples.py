"""What the page of components shows: rows, questions and comments as the pages have them, of a
brand that nobody has. Nothing here is in the database, and nothing of it is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Brand, Participant, User
from cocreate.lib.errors import DomainError
from ideas.domain.faces import Face
from ideas.domain.statuses import DEFAULT
from ideas.domain.votes import Budget, NoBudget
from ideas.enums import CommentSort, Mode, Status, Voters
from ideas.models import Comment, Idea
from web.ballots import Shown
from web.desk.common import DeskForm
from web.outcomes import Told
from web.public.choices import Choice
from web.public.densities import Way
from web.public.forms import CommentForm
from web.public.listing import Chip, Form
from web.public.talk import Discussion, Said, Turn
from web.questions import BrandCard, House, Other, Question
from web.roads import Stretch
from web.rule_words import Said as RuleSaid
from web.sorts import TABS, Tab

SLUG, NAME = "sample", "Werkzeugmaschinen & Co"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ARABIC = "مقعد في كل محطة حافلات"
ADA = Face("Ada Lindqvist", "ada", "", "a1")
NAMES = (ADA, Face("Øystein Brånås", "oystein", "", "b2"), Face("李小龍", "", "", "c3"))


@dataclass(frozen=True)
class State:
    """Of one component: what it is called on the page, and what is shown of it."""

    label: str
    shown: Any


def now() -> datetime:
    """By the hour, so that parts of the page are remembered for one."""
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def brand(look: str) -> Brand:
    own = {"colour": look} if look.startswith("#") else {"hue": int(look)}
    return Brand(slug=SLUG, name=NAME, **own)


def row(code: str, title: str, **over: Any) -> dict[str, Any]:
    """As ideas.domain.lists has it."""
    return {
        "code": f"sample{code}", "title": title, "language": "en", "challenge": SLUG,
        "beginning": "The bench at the stop by the school has no roof, and it rains there.",
        "status": Status.SUBMITTED, "status_labels": None, "status_tone": None,
        "brand": SLUG, "brand_name": NAME, "challenge_title": "What would make waiting easier?",
        "author_handle": "ada", "author_ref": "a1", "author_name": "Ada Lindqvist",
        "author_avatar": "", "co_authors": 0, "created_at": now() - timedelta(days=3),
        "comments": 12, "mode": Mode.UP, "max_points": 5, "support": 1284, "oppose": 31,
        "points": 402, "counts_hidden": False, "my_vote": None, "my_state": "",
        "tags": ["buses", "rain"], "images": [], "closed": False, "hidden": False,
    } | over  # fmt: skip


def idea(code: str, title: str = "A roof for every bench", **over: Any) -> Shown:
    of_reader = {
        name: over.pop(name)
        for name in ("votes_open", "is_member", "may_vote", "who_votes")
        if name in over
    }
    return Shown(row(code, title, **over), **({"votes_open": True, "is_member": True} | of_reader))


def votes() -> list[State]:
    points = {"mode": Mode.POINTS}
    return [
        State(_("For a visitor: a link"), idea("va", is_member=False)),
        State(_("Not voted yet"), idea("vb")),
        State(_("Voted"), idea("vc", my_vote=1)),
        State(_("For and against"), idea("vd", mode=Mode.UP_DOWN)),
        State(_("Voted against"), idea("ve", mode=Mode.UP_DOWN, my_vote=-1)),
        State(_("Points"), idea("vf", **points)),
        State(_("Points, three given"), idea("vg", my_vote=3, **points)),
        State(_("Counts are hidden"), idea("vh", counts_hidden=True)),
        State(_("It waits"), idea("vi", my_vote=1, my_state="pending")),
        State(_("It is looked at"), idea("vj", my_vote=1, my_state="held")),
        State(_("Closed"), idea("vk", votes_open=False, my_vote=1)),
        State(_("Closed, counts hidden"), idea("vl", votes_open=False, counts_hidden=True)),
        State(
            _("For others, voted before"),
            idea("vm", may_vote=False, who_votes=str(Voters.TEAM), my_vote=1),
        ),
    ]


def cards() -> list[Shown]:
    return [
        idea("ca", status=Status.PLANNED, my_vote=1),
        idea("cb", LONG, language="de", co_authors=2, mode=Mode.UP_DOWN, tags=[LONG[:40]]),
        idea("cc", ARABIC, language="ar", author_handle="", author_name="李小龍", mode=Mode.POINTS),
        idea("cd", "🚲 A pump", status=Status.IMPLEMENTED, votes_open=False, author_ref="",
             author_name="", author_handle="", comments=0),
    ]  # fmt: skip


def lines() -> list[Shown]:
    return [idea(f"l{one.code[-1]}", one.title, **_but_code(one.row)) for one in cards()[:3]]


def settled() -> list[State]:
    """In place of the vote, where nobody votes any more."""
    over = {"votes_open": False, "status": Status.IMPLEMENTED}
    return [
        State(_("Voted"), idea("ta", my_vote=1, **over)),
        State(_("For and against"), idea("tb", mode=Mode.UP_DOWN, **over)),
        State(_("Points, three given"), idea("tc", mode=Mode.POINTS, my_vote=3, **over)),
        State(_("Counts are hidden"), idea("td", counts_hidden=True, **over)),
    ]


def similar() -> list[Shown]:
    made = idea("sc", "A bench that warms itself", status=Status.IMPLEMENTED, votes_open=False)
    return [idea("sa", near_copy=True), idea("sb", "Benches with a back", my_vote=1), made]


def question(look: str, **over: Any) -> Question:
    facts = {
        "brand": House(SLUG, NAME, look), "slug": SLUG, "language": "en", "cover": "",
        "title": "What would make waiting for the bus easier?", "cover_alt": "",
        "is_published": True, "closed": False, "is_over": False, "is_running": True,
        "has_road": False, "opens_at": None, "closes_at": now() + timedelta(days=9),
        "takes_ideas": True, "would_take_ideas": False, "takes_votes": True, "ideas": 418,
        "votes": 12045, "faces": NAMES[:2],
    } | over  # fmt: skip
    return Question(**facts)


def questions(look: str) -> list[Question]:
    later = {"is_running": False, "opens_at": now() + timedelta(days=30), "takes_ideas": False}
    return [
        question(look),
        question(look, slug="later", title=LONG, ideas=0, faces=(), **later),
        question(look, slug="over", title=ARABIC, is_over=True, is_running=False, closed=True),
    ]


def road() -> tuple[Stretch, ...]:
    day, today = timedelta(days=1), now()
    return (
        Stretch("done", _("Ideas"), today - 40 * day, today - 10 * day),
        Stretch("now", _("Votes"), today - 10 * day, today + 9 * day),
        Stretch("later", _("Answer"), today + 9 * day, None),
    )


def budgets() -> list[State]:
    until = now() + timedelta(days=20)
    return [
        State(_("Some left"), Budget(10, 4, until)),
        State(_("All spent"), Budget(10, 10, until)),
        State(_("Spent more than there is now"), Budget(5, 8, None)),
    ]


def refused() -> DomainError:
    return NoBudget()


def told(look: str) -> list[Told]:
    words = "We roofed the first forty. The rest follow by spring."
    made = idea("ta", status=Status.IMPLEMENTED)
    coming = idea("tb", LONG, status=Status.PLANNED, language="de")
    at = now() - timedelta(days=2)
    return [Told(made, look, at, words, NAMES, 4), Told(coming, look, at, "", (), 0)]


def brand_cards(look: str) -> list[BrandCard]:
    return [
        BrandCard(SLUG, NAME, "Machines that last, and people who say why.", look, None, None),
        BrandCard("other", LONG, "", look, None, None),
    ]


def tabs() -> tuple[Tab, ...]:
    first = ("discover", "hot", "top", "new")
    return tuple(
        Tab(str(label), f"sort={key}", key == "hot", str(key), key in first)
        for key, label in TABS.items()
    )


def choices() -> tuple[Choice, ...]:
    made = DEFAULT.step(Status.IMPLEMENTED).label
    return (
        Choice("", "", 1418, "", False),
        Choice("planned", DEFAULT.step(Status.PLANNED).label, 12, "status=planned", True),
        Choice("made", made, 1, "status=implemented", False),
        Choice("own", LONG[:40], None, "status=own", False),
    )


def others() -> tuple[Other, ...]:
    return Other("later", LONG), Other("over", ARABIC)


def ways() -> tuple[Way, ...]:
    return (
        Way("cards", _("Cards"), "layout-grid", "view=cards", True),
        Way("list", _("List"), "layout-list", "view=list", False),
    )


def narrowing() -> dict[str, Any]:
    """Of a list that shows nothing, and says what it was narrowed to."""
    return {
        "form": Form(True, text="umbrella", languages=(("en", "English"), ("fr", "français")),
                     tags=("rain",)),
        "chips": [Chip("q", "“umbrella”", ""), Chip("tag", f"#{LONG[:40]}", "")],
        "is_on": True,
        "problems": [_("“yesterday” is no date.")],
        "filters": {"text": "umbrella"},
    }  # fmt: skip


def people(at: Brand) -> list[Participant]:
    one = User(handle="ada", display_name="Ada Lindqvist")
    return [Participant(brand=at, user=one), Participant(brand=at, display_name="李小龍")]


def talk(at: Brand, about: Idea) -> Discussion:
    ada, lee = people(at)

    def said(code: str, body: str, **over: Any) -> Said:
        mine = over.pop("mine", False)
        facts = {"brand": at, "idea": about, "created_at": now(), "path": [1]} | over
        comment = Comment(code=f"sample{code}", body=body, **facts)
        return Said(comment, None, may_change=mine, may_report=not mine)

    answer = said("answer", "**Yes.** Forty roofs are ordered.", official=True, pinned=True)
    planned, made = DEFAULT.step(Status.PLANNED), DEFAULT.step(Status.IMPLEMENTED)
    return Discussion(
        said=[
            said("first", "It rains here from October on.", author=ada, mine=True),
            said("reply", ARABIC, author=lee, path=[1, 2], edited_at=now()),
            said("erased", "By somebody whose account is gone.", path=[1, 2, 3]),
            said("pinned", "**Yes.**", official=True, pinned=True),
            said("hidden", "Words that the team has hidden.", hidden=True, author=lee),
            said("gone", "", deleted_at=now()),
            said("long", f"{LONG} " * 30, author=ada),
        ],
        comments=12, next="more", is_first_page=True, sort=CommentSort.OLD,
        tabs=[Tab(str(one.label), f"sort={one}", one == "old") for one in CommentSort],
        answers=[answer],
        turns=[Turn(planned, now() - timedelta(days=9), message="For the spring."),
               Turn(made, now(), is_now=True)],
        refusal=None, may_answer=True, is_team=True, follows=False, may_report=True,
        form=CommentForm(auto_id="id_%s"),
    )  # fmt: skip


def notices() -> list[Message]:
    return [
        Message(messages.SUCCESS, _("Saved.")),
        Message(messages.INFO, _("Your pages moved. Links to the old address lead here.")),
        Message(messages.WARNING, _("Left out:") + f" {LONG}"),
        Message(messages.ERROR, _("Almost there: please look at what is marked below.")),
    ]


def rule_changes() -> list[RuleSaid]:
    return [
        RuleSaid(_("Votes, or points, of each person"), ["10"], ["20"]),
        RuleSaid(_("Terms for posting"), ["You keep your idea."], ["You share it."], is_long=True),
    ]


class Fields(DeskForm):
    """Each kind of field, in each of its states."""

    prefix = "guide"
    plain = forms.CharField(label="Text", required=False)
    hinted = forms.CharField(label="With a hint", help_text="Stands above the field.")
    wrong = forms.CharField(label="Refused", help_text="Says what it wants.")
    shut = forms.CharField(label="Disabled", disabled=True, initial="Nobody writes here.")
    choice = forms.ChoiceField(label="Choice", choices=[("a", "One"), ("b", LONG)])
    text = forms.CharField(label="Long text", widget=forms.Textarea(attrs={"rows": 3}))
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    ticked = forms.BooleanField(label="A box to tick", initial=True)


SENT = {"guide-choice": "a", "guide-day": "2026-11-23"}


def fields() -> Fields:
    sent = {f"guide-{name}": name for name in Fields.base_fields} | SENT
    form = Fields(sent)
    form.full_clean()
    form.errors.clear()
    form.add_error("wrong", "Write a whole number.")
    form.add_error(None, "Somebody has changed this meanwhile.")
    return form


def _but_code(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in {"code", "title"}}
