"""What the team tells itself."""

import pytest

from accounts.models import Activity
from cocreate.lib.errors import Invalid, NotAllowed
from ideas.domain import notes
from ideas.models import Note

pytestmark = pytest.mark.django_db


def test_a_note_is_kept_and_its_text_is_not_in_the_record(idea, rita):
    note = notes.add(idea=idea, body="  Ask the roof people.\r\n", actor=rita)
    assert (note.body, note.author, note.brand) == ("Ask the roof people.", rita, idea.brand)
    told = Activity.objects.get(kind="note.added")
    assert (told.private, told.data, told.subject_code) == (True, {"note": note.code}, idea.code)


@pytest.mark.parametrize("body", ["", " \n\t", "\x00"])
def test_an_empty_note_is_refused(idea, rita, body):
    with pytest.raises(Invalid) as refusal:
        notes.add(idea=idea, body=body, actor=rita)
    assert list(refusal.value.fields) == ["body"]
    assert not Note.objects.exists()


def test_a_note_that_is_too_long_is_refused(idea, rita):
    notes.add(idea=idea, body="x" * 5_000, actor=rita)
    with pytest.raises(Invalid):
        notes.add(idea=idea, body="x" * 5_001, actor=rita)


def test_its_author_alone_deletes_a_note(idea, rita, alice):
    note = notes.add(idea=idea, body="Ask.", actor=rita)
    with pytest.raises(NotAllowed):
        notes.delete(note=note, actor=alice)
    assert notes.notes_of(idea) == [note]
    notes.delete(note=note, actor=rita)
    assert notes.notes_of(idea) == []
    assert Activity.objects.filter(kind="note.deleted").count() == 1


def test_notes_are_latest_first_in_one_query(idea, rita, alice, django_assert_num_queries):
    for n, actor in enumerate([rita, alice, rita]):
        notes.add(idea=idea, body=f"Note {n}", actor=actor)
    with django_assert_num_queries(1):
        found = [(note.body, note.author.display_name) for note in notes.notes_of(idea)]
    assert found == [("Note 2", "Rita"), ("Note 1", "Alice"), ("Note 0", "Rita")]
