"""What an idea said before, and what two texts have in common."""

import random

import pytest

from accounts.models import Activity
from cocreate.lib.errors import Invalid, NotFound
from ideas.domain import ideas, revisions
from ideas.domain.differences import STEPS, Part, Steps, compared
from ideas.domain.privacy import export_revisions
from ideas.domain.revisions import changes_of
from ideas.models import Idea, Revision
from tests.factories import make_idea, make_participant


@pytest.fixture
def own(challenge, charlie):
    return make_idea(
        challenge, author=make_participant(challenge.brand, charlie), title="Doors", body="Two."
    )


def old_of(parts):
    return "".join(part.text for part in parts if part.kind != "in")


def new_of(parts):
    return "".join(part.text for part in parts if part.kind != "out")


def test_the_first_change_keeps_what_was_posted_and_by_whom(own, charlie):
    ideas.edit_idea(idea=own, actor=charlie, body="Three.")
    first, second = Revision.objects.order_by("number")
    assert (first.number, first.body, first.editor) == (1, "Two.", own.author)
    assert first.at == own.created_at
    assert (second.number, second.body, second.editor) == (2, "Three.", own.author)
    assert not second.by_brand


def test_what_the_brand_changes_names_nobody(own, bob):
    ideas.edit_idea(idea=own, actor=bob, body="Three.")
    second = Revision.objects.get(number=2)
    assert (second.by_brand, second.editor) == (True, None)
    assert Activity.objects.get(kind="idea.edited").actor == bob


def test_an_idea_changed_before_its_history_was_kept_has_one_from_now_on(own, charlie):
    Idea.objects.update(revision=7)
    own.refresh_from_db()
    ideas.edit_idea(idea=own, actor=charlie, body="Three.")
    assert list(Revision.objects.order_by("number").values_list("number", "editor")) == [
        (7, None), (8, own.author_id),
    ]  # fmt: skip


def test_the_same_again_changes_nothing(own, charlie):
    ideas.edit_idea(idea=own, actor=charlie, body=" Two. ", title="Doors")
    assert (own.revision, Revision.objects.count()) == (1, 0)
    assert not Activity.objects.filter(kind="idea.edited").exists()


def test_a_change_from_an_older_text_is_refused_and_keeps_nothing(own, charlie, bob):
    ideas.edit_idea(idea=own, actor=bob, body="Three.")
    with pytest.raises(ideas.ChangedMeanwhile):
        ideas.edit_idea(idea=own, actor=charlie, revision=1, body="Four.")
    assert Idea.objects.get().body == "Three."
    assert Revision.objects.count() == 2


def test_changes_are_told_the_newest_first(own, charlie):
    ideas.edit_idea(idea=own, actor=charlie, body="Three.")
    ideas.edit_idea(idea=own, actor=charlie, title="Doors and windows", tags=["doors"])
    (newest, second, first), following = changes_of(own)
    assert newest.title == [Part("same", "Doors"), Part("in", " and windows")]
    assert (newest.body, newest.tags) == (None, [Part("in", "doors")])
    assert second.body == [Part("out", "Two"), Part("in", "Three"), Part("same", ".")]
    assert (first.is_first, first.body) == (True, [Part("same", "Two.")])
    assert following is None


def test_a_word_is_changed_whole_and_a_new_sentence_is_not_torn():
    assert compared("It folds up", "It folds down") == [
        Part("same", "It folds "), Part("out", "up"), Part("in", "down"),
    ]  # fmt: skip
    assert compared("a b", "c d") == [Part("out", "a b"), Part("in", "c d")]


def test_what_is_far_from_a_change_is_left_out():
    far = "word " * 200
    parts = compared(f"{far}old {far}", f"{far}new {far}")
    assert [part.kind for part in parts] == ["gap", "same", "out", "in", "same", "gap"]
    assert sum(len(part.text) for part in parts) < 400


@pytest.mark.parametrize("seed", range(40))
def test_any_two_texts_are_found_again_in_their_difference(seed):
    chance = random.Random(seed)  # noqa: S311 - texts, not secrets
    old, new = ("".join(chance.choices("ab \n,é", k=chance.randrange(30))) for _ in range(2))
    parts = compared(old, new)
    assert (old_of(parts), new_of(parts)) == (old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a," * 10_000, ",a" * 10_000),
        ("a " * 10_000, "b " * 10_000),
        ("a b c d " * 2_500, "d c b a " * 2_500),
        ("ab," * 6_666, ("ab," * 30 + "x,") * 215),
    ],
)
def test_d02_texts_made_to_be_slow_are_given_up_and_shown_whole(old, new):
    """Bounded by counting: without STEPS each of these takes minutes."""
    parts = compared(old, new)
    assert sum(len(part.text) for part in parts) <= len(old) + len(new)
    assert {"out", "in"} & {part.kind for part in parts}


def test_d02_a_page_of_slow_changes_spends_one_budget_of_steps(own, charlie, monkeypatch):
    given = []
    monkeypatch.setattr(revisions, "Steps", lambda: given.append(Steps()) or given[-1])
    for n in range(revisions.ON_A_PAGE):
        text = "".join(random.Random(n).choices("ab ,.", k=4_000))  # noqa: S311 - no secrets
        ideas.edit_idea(idea=own, actor=charlie, body=text)
    changes, _following = changes_of(own)
    (steps,) = given
    assert -STEPS < steps.left < 0
    kinds = [{part.kind for part in change.body} for change in changes[1:-1]]
    assert all({"out", "in"} <= found for found in kinds)


def test_a_small_change_is_small_also_when_the_steps_are_spent():
    parts = compared("It folds up at night", "It folds down at night", Steps(left=0))
    assert [part for part in parts if part.kind != "same"] == [
        Part("out", "up"), Part("in", "down"),
    ]  # fmt: skip


# --- Hidden ones --------------------------------------------------------------------------------


@pytest.fixture
def insulted(own, charlie):
    """Three versions: "Two.", an insult, "Three."."""
    for body in ("You are a goat.", "Three."):
        ideas.edit_idea(idea=own, actor=charlie, body=body)
    return own


def hide(idea, actor, number=2, reason="It insults somebody."):
    revisions.set_hidden(idea=idea, number=number, hidden=True, actor=actor, reason=reason)


def said(changes):
    """All words of a page of changes, of what was taken out too."""
    parts = [part for one in changes for part in [*(one.title or []), *(one.body or [])]]
    return " ".join(part.text for part in parts)


def test_a_hidden_revision_is_read_nowhere_not_in_the_differences_either(insulted, bob):
    assert "goat" in said(changes_of(insulted)[0])
    hide(insulted, bob)
    changes, _next = changes_of(insulted)
    assert "goat" not in said(changes)
    assert [(one.number, one.hidden, one.beside) for one in changes] == [
        (3, False, 1), (2, True, 1), (1, False, 0),
    ]  # fmt: skip
    assert (old_of(changes[0].body), new_of(changes[0].body)) == ("Two.", "Three.")
    assert [one.skips for one in changes] == [True, False, False]
    rows, _next = revisions.texts_of(insulted)
    assert [(row.title, row.body) for row in rows] == [
        ("Doors", "Three."), ("", ""), ("Doors", "Two."),
    ]  # fmt: skip


def test_the_team_reads_what_it_hid(insulted, bob):
    hide(insulted, bob)
    changes, _next = changes_of(insulted, for_team=True)
    assert "goat" in said(changes)
    assert [one.hidden for one in changes] == [False, True, False]


def test_where_all_before_it_is_hidden_a_revision_is_shown_whole(insulted, bob):
    hide(insulted, bob, number=1)
    hide(insulted, bob, number=2)
    changes, _next = changes_of(insulted)
    assert changes[0].body == [Part("same", "Three.")]
    assert [one.is_first for one in changes] == [False, False, True]


def test_the_last_of_a_page_is_compared_with_what_is_before_the_hidden_ones(own, bob):
    for n in range(12):
        ideas.edit_idea(idea=own, actor=bob, body=f"Body {n}.")
    for number in (2, 3):
        hide(own, bob, number=number)
    changes, following = changes_of(own)
    assert (following, changes[-1].number, changes[-1].beside) == (4, 4, 1)
    assert old_of(changes[-1].body) == "Two."


def test_hiding_is_in_the_public_log_and_can_be_taken_back(insulted, bob, charlie):
    hide(insulted, bob, reason="  It insults\nsomebody. ")
    hide(insulted, bob, reason="Again")
    revisions.set_hidden(idea=insulted, number=2, hidden=False, actor=bob)
    shown, hidden = revisions.hidings_of(insulted)
    assert (shown.number, shown.hidden, shown.reason) == (2, False, "")
    assert (hidden.number, hidden.hidden, hidden.reason) == (2, True, "It insults somebody.")
    assert "goat" in said(changes_of(insulted)[0])
    told = Activity.objects.get(kind="revision.hidden")
    assert (told.actor, told.participant, told.private) == (bob, insulted.author, False)


def test_it_is_said_whether_anything_was_hidden_or_shown(insulted, bob):
    asked = (True, True, False, False)
    changed = [
        revisions.set_hidden(idea=insulted, number=2, hidden=hidden, actor=bob, reason="No.")
        for hidden in asked
    ]
    assert changed == [True, False, True, False]


def test_what_is_hidden_is_in_the_copy_of_whoever_wrote_it_and_in_no_other(insulted, bob, charlie):
    ideas.edit_idea(idea=insulted, actor=bob, body="By the brand.")
    ideas.edit_idea(idea=insulted, actor=charlie, body="Last.")
    hide(insulted, bob, number=2)
    hide(insulted, bob, number=4)
    copied = [row["body"] for row in export_revisions(charlie)]
    assert copied == ["Two.", "You are a goat.", "Three.", "Last."]
    Revision.objects.filter(number=2).update(editor=None)
    assert "You are a goat." not in [row["body"] for row in export_revisions(charlie)]


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_nothing_is_hidden_without_a_reason_that_fits(insulted, bob, reason):
    with pytest.raises(Invalid) as refused:
        hide(insulted, bob, reason=reason)
    assert list(refused.value.fields) == ["reason"]
    assert not Revision.objects.filter(hidden=True).exists()


def test_what_the_idea_says_now_is_not_hidden_as_a_revision(insulted, bob):
    with pytest.raises(revisions.IsCurrent):
        hide(insulted, bob, number=3)


@pytest.mark.parametrize("number", [0, 4, 10**30])
def test_a_revision_that_is_not_there_is_not_found(insulted, bob, number):
    with pytest.raises(NotFound):
        hide(insulted, bob, number=number)


def test_the_idea_goes_on_being_changed_after_one_was_hidden(insulted, bob, charlie):
    hide(insulted, bob)
    ideas.edit_idea(idea=insulted, actor=charlie, body="Four.")
    assert list(Revision.objects.filter(hidden=True).values_list("number", flat=True)) == [2]
    hide(insulted, bob, number=3)
    assert [one.hidden for one in changes_of(insulted)[0]] == [False, True, True, False]
