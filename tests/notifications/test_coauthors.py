"""Who hears of an invitation to sign an idea, and what those who sign it hear."""

import pytest

from accounts.domain import privacy
from accounts.models import Activity
from ideas.domain import coauthors
from ideas.domain.deleting import delete_idea, restore_idea
from notifications import tasks
from notifications.domain import subscriptions
from notifications.domain.coauthors import invite
from notifications.domain.headlines import lines_of
from notifications.models import Mail, Notice
from tests.notifications.scene import send, states, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_invited_hears_of_it_and_the_author_of_the_answer(scene):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    assert told("co_author.invited") == {"Stranger": "self"}
    coauthors.accept(row=row, user=scene.stranger)
    assert told("co_author.accepted") == {"Author": "author"}


def test_who_signs_it_hears_what_the_author_hears(scene):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    coauthors.accept(row=row, user=scene.stranger)
    scene.comment(scene.voter)
    assert told("comment.posted")["Stranger"] == "author"
    coauthors.leave(idea=scene.idea, user=scene.stranger)
    scene.unfollow(scene.stranger)
    Notice.objects.all().delete()
    scene.comment(scene.voter, "Again.")
    assert "Stranger" not in told("comment.posted")


def test_a_withdrawn_invitation_is_not_mailed(scene):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    coauthors.withdraw(idea=scene.idea, code=row.code, actor=scene.author)
    assert told("co_author.invited") == {}


def test_the_mail_to_an_address_has_the_link_and_no_account_hears_of_it(scene):
    invite(idea=scene.idea, whom=scene.stranger.email, actor=scene.author)
    assert told("co_author.invited") == {}
    mail = Mail.objects.get(to=scene.stranger.email)
    assert f"/i/{scene.idea.code}/authors/coa_" in mail.text
    assert "Doors both ways" in mail.text


def test_of_a_deleted_idea_nobody_hears_any_more(scene):
    scene.comment(scene.voter)
    delete_idea(idea=scene.idea, actor=scene.author)
    assert told("comment.posted") == {}
    send()
    assert "sent" not in states().values()


def unread_of(user) -> list[str]:
    rows = Notice.objects.filter(user=user, read_at=None)
    return sorted(rows.values_list("activity__kind", flat=True))


@pytest.mark.parametrize("answer", [coauthors.accept, coauthors.decline])
def test_an_invitation_that_was_answered_waits_in_no_inbox(scene, answer):
    row = invite(idea=scene.idea, whom=scene.stranger.handle, actor=scene.author)
    invite(idea=scene.idea, whom=scene.voter.handle, actor=scene.author)
    tasks.dispatch_activities()
    assert unread_of(scene.stranger) == ["co_author.invited"]
    answer(row=row, user=scene.stranger)
    assert unread_of(scene.stranger) == []
    assert unread_of(scene.voter) == ["co_author.invited"]


def signed_by(scene, user) -> None:
    row = invite(idea=scene.idea, whom=user.handle, actor=scene.author)
    coauthors.accept(row=row, user=user)
    send()


def test_who_signs_an_idea_hears_once_that_it_was_deleted_and_may_be_brought_back(
    scene, mail_server
):
    signed_by(scene, scene.stranger)
    delete_idea(idea=scene.idea, actor=scene.author)
    assert told("idea.deleted") == {"Stranger": "self"}
    send()
    letter = mail_server.to(scene.stranger.email)[-1]
    assert letter.subject == "Author has deleted “Doors both ways”, which you signed too"
    assert "Its author can bring it back for 30 days" in letter.text
    assert "You get this because you signed this idea." in letter.text
    assert f"/b/{scene.brand.slug}/" in letter.text
    assert f"/i/{scene.idea.code}/" not in letter.text
    (line,) = lines_of([Notice.objects.get(activity__kind="idea.deleted")])
    assert (line.headline, line.path) == (f"{letter.subject}.", f"/b/{scene.brand.slug}/")


def test_of_an_idea_that_is_back_in_time_nobody_hears_and_of_one_deleted_again_once(
    scene, settings
):
    signed_by(scene, scene.stranger)
    settings.UNDO_SECONDS = 60
    delete_idea(idea=scene.idea, actor=scene.author)
    assert told("idea.deleted") == {}
    restore_idea(idea=scene.idea, actor=scene.author)
    delete_idea(idea=scene.idea, actor=scene.author)
    Activity.objects.update(due_at=None)
    assert told("idea.deleted") == {"Stranger": "self"}  # told() takes one of each alone
    restore_idea(idea=scene.idea, actor=scene.author)
    send()
    assert "dropped" in states().values()


def test_a_co_author_who_has_left_hears_nothing_of_its_end(scene):
    signed_by(scene, scene.stranger)
    coauthors.leave(idea=scene.idea, user=scene.stranger)
    delete_idea(idea=scene.idea, actor=scene.author)
    assert told("idea.deleted") == {}


def test_who_signs_an_idea_hears_once_that_it_went_with_an_account_and_not_whose(
    scene, mail_server
):
    signed_by(scene, scene.stranger)
    privacy.erase(user=scene.author)
    assert told("idea.erased") == {"Stranger": "self"}
    send()
    send()
    (letter,) = [one for one in mail_server.to(scene.stranger.email) if "has gone" in one.subject]
    (line,) = lines_of([Notice.objects.get(activity__kind="idea.erased")])
    assert line.headline == (
        f"An idea on “{scene.idea.challenge.title}” at {scene.brand.name}, which you signed too,"
        " has gone: whoever posted it has erased their account."
    )
    assert line.path == f"/b/{scene.brand.slug}/"
    assert line.headline.startswith(letter.subject.rstrip("…"))
    assert "nobody can bring it back" in letter.text
    assert "You get this because you signed this idea." in letter.text
    assert f"/b/{scene.brand.slug}/" in letter.text
    for gone in ("Author", "Doors both ways", scene.idea.code):
        assert gone not in letter.text


def test_of_an_erased_account_nobody_hears_who_never_signed_or_knows_already(scene):
    invite(idea=scene.idea, whom=scene.voter.handle, actor=scene.author)
    signed_by(scene, scene.stranger)
    delete_idea(idea=scene.idea, actor=scene.author)
    assert told("idea.deleted") == {"Stranger": "self"}
    privacy.erase(user=scene.author)
    assert told("idea.erased") == {}


def test_who_wants_no_mail_of_the_brand_reads_in_the_inbox_that_an_idea_went(scene, mail_server):
    signed_by(scene, scene.stranger)
    subscriptions.choose(user=scene.stranger, brand=scene.brand, frequency="off")
    before = len(mail_server.to(scene.stranger.email))
    privacy.erase(user=scene.author)
    send()
    assert told("idea.erased") == {"Stranger": "self"}
    assert len(mail_server.to(scene.stranger.email)) == before
