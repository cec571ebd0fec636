"""What the team tells each other: who is in charge of an idea, and notes."""

from typing import Any

import pytest

from accounts.models import Activity, User
from cocreate.lib.html import lines
from ideas.domain import notes, owners
from notifications.domain import headlines
from notifications.models import Notice
from tests.notifications.scene import Scene, told

pytestmark = pytest.mark.django_db


def test_who_is_put_in_charge_hears_of_it_from_others_alone(
    scene: Scene, rita: User, settings: Any
):
    settings.UNDO_SECONDS = 30
    owners.set_owner(idea=scene.idea, owner=scene.bob.handle, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("owner.changed") == {}
    owners.set_owner(idea=scene.idea, owner=rita.handle, actor=scene.bob)
    assert told("owner.changed") == {}, "it can be undone yet"
    Activity.objects.update(due_at=None)
    assert told("owner.changed") == {"Rita": "team"}
    (line,) = headlines.lines_of(list(Notice.objects.filter(user=rita)))
    assert line.headline == "Bob put you in charge of “Doors both ways”."
    assert line.path == f"/desk/mio/ideas/{scene.idea.code}/"


def test_who_was_in_charge_for_a_moment_hears_nothing(scene: Scene, rita: User, settings: Any):
    settings.UNDO_SECONDS = 30
    owners.set_owner(idea=scene.idea, owner=rita.handle, actor=scene.bob)
    owners.undo(idea=scene.idea, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("owner.changed") == {}


def test_a_note_tells_those_of_the_team_whom_it_names(scene: Scene, alice: User, rita: User):
    words = f"@{alice.handle}, @{scene.bob.handle}, @{scene.author.handle}: is that so?"
    note = notes.add(idea=scene.idea, body=words, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("note.added") == {"Alice": "team"}
    (line,) = headlines.lines_of(list(Notice.objects.filter(user=alice)))
    assert line.headline == "Bob named you in a note on “Doors both ways”."
    assert line.path == f"/desk/mio/ideas/{scene.idea.code}/#notes"
    notes.delete(note=note, actor=scene.bob)
    assert headlines.lines_of(list(Notice.objects.filter(user=alice)))


@pytest.mark.parametrize(
    ("words", "expected"),
    [("`@alice` said so", {"Alice": "team"}), ("_@alice_, https://a.example?to=@alice", {})],
)
def test_a_note_tells_whom_its_page_links(scene: Scene, alice: User, words, expected):
    notes.add(idea=scene.idea, body=words, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("note.added") == expected
    shown = lines(words, frozenset({("alice", "/u/alice/")}))
    assert ('href="/u/alice/"' in shown) == bool(expected)


def test_a_note_that_was_taken_back_tells_nobody(scene: Scene, alice: User):
    note = notes.add(idea=scene.idea, body=f"@{alice.handle}", actor=scene.bob)
    notes.delete(note=note, actor=scene.bob)
    Activity.objects.update(due_at=None)
    assert told("note.added") == {}
