"""What mails say: a reason, the very words and no link of theirs, and a way out."""

import pytest
from django.utils import translation

from accounts.models import Brand, User
from notifications.domain import headlines, stories, subscriptions
from notifications.models import Notice
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.mail import Letter, Server
from tests.notifications.scene import Scene, make_scene, send

pytestmark = pytest.mark.django_db

LURE = (
    "Win at https://evil.example/x?a=b or www.evil.example\r\nBcc: a@b.example\n\n"
    "[click](https://evil.example) <a href='https://evil.example'>x</a> \u202eesrever"
)
WHY_NOT = "It costs more than a whole door, and the door would be heavier by nine kilograms."


def letter_to(server: Server, user: User) -> Letter:
    send()
    (letter,) = server.to(user.email)
    return letter


def hrefs(letter: Letter) -> list[str]:
    return [part.split('"')[0] for part in letter.html.split('href="')[1:]]


def test_a_comment_is_quoted_line_by_line_and_the_reason_stands_at_the_foot(
    scene: Scene, mail_server: Server, settings
):
    comment = scene.comment(scene.stranger, "First line.\n\nSecond line.")
    letter = letter_to(mail_server, scene.author)
    assert letter.subject == "Stranger commented on your idea “Doors both ways”"
    assert "Stranger:\n\n> First line.\n> \n> Second line.\n" in letter.text
    url = f"{settings.PUBLIC_URL}/i/{scene.idea.code}/comments/{comment.code}/"
    assert url in letter.text
    assert url in hrefs(letter)
    assert "You get this because you posted this idea." in letter.text
    assert "You get this because you posted this idea." in letter.html


def test_a_decline_carries_its_reason_and_the_whole_message(scene: Scene, mail_server: Server):
    scene.decide("declined", reason="too_costly", message=f"{WHY_NOT}\n{'Long. ' * 500}The end.")
    letter = letter_to(mail_server, scene.voter)
    assert letter.subject == "“Doors both ways” is now: Declined"
    assert "Why: It costs more than it brings." in letter.text
    assert WHY_NOT in letter.text
    assert "The end." in letter.text
    assert "You get this because you voted for this idea." in letter.text


@pytest.mark.parametrize("where", ["comment", "answer", "message"])
def test_x05_x06_no_text_of_anybody_becomes_a_link_or_a_header(
    scene: Scene, mail_server: Server, where: str
):
    if where == "comment":
        scene.comment(scene.stranger, LURE)
    elif where == "answer":
        scene.answer(LURE)
    else:
        scene.decide(message=LURE)
    letter = letter_to(mail_server, scene.author)
    assert letter.message.get_all("Bcc") is None
    for name in ("Subject", "To", "From", "Message-ID", "List-Unsubscribe"):
        assert len(letter.message.get_all(name)) == 1
    for part in (letter.text, letter.html):
        assert "https://evil" not in part
        assert "evil.example" not in part
        assert "a@b" not in part
        assert "\u202e" not in part
    assert "<a href='" not in letter.html
    assert not [href for href in hrefs(letter) if "evil" in href]


def test_x05_x06_no_name_of_anybody_becomes_a_link_or_a_header(
    bob: User, brand: Brand, mail_server: Server, settings
):
    settings.UNDO_SECONDS = 0
    Brand.objects.filter(pk=brand.pk).update(name="evil.example/win")
    brand.refresh_from_db()
    scene = make_scene(make_challenge(brand, mode="up_down"), bob)
    name = "Ann https://evil.example\r\nBcc: a@b.co"
    User.objects.filter(pk=scene.stranger.pk).update(display_name=name)
    type(scene.idea).objects.filter(pk=scene.idea.pk).update(title=f"{LURE} {name}")
    scene.comment(scene.stranger)
    letter = letter_to(mail_server, scene.author)
    assert letter.message.get_all("Bcc") is None
    assert len(letter.message.get_all("Subject")) == 1
    assert "\n" not in letter.subject
    assert len(letter.subject) <= 150
    for part in (letter.text, letter.html):
        assert "https://evil" not in part
        assert "evil.example" not in part
        assert "a@b" not in part


def test_a_mail_that_was_chosen_can_be_ended_by_the_button_of_a_mail_program(
    scene: Scene, mail_server: Server, settings
):
    scene.comment(scene.stranger)
    letter = letter_to(mail_server, scene.author)
    token = subscriptions.of(scene.author, scene.brand).token
    url = f"{settings.PUBLIC_URL}/unsubscribe/{token}/"
    assert letter.message["List-Unsubscribe"].strip() == f"<{url}>"  # a folded line
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert f"{url}?idea={scene.idea.code}" in letter.text
    assert f"{settings.PUBLIC_URL}/me/notifications/" in hrefs(letter)


def test_the_token_of_a_reader_is_the_same_in_every_mail_and_in_no_other_s(
    scene: Scene, mail_server: Server
):
    scene.comment(scene.stranger, "One.")
    scene.comment(scene.stranger, "Two.")
    send()
    of_author = {m.message["List-Unsubscribe"] for m in mail_server.to(scene.author.email)}
    of_follower = {m.message["List-Unsubscribe"] for m in mail_server.to(scene.follower.email)}
    assert len(of_author) == len(of_follower) == 1
    assert of_author != of_follower


def test_each_kind_of_news_is_written_in_the_language_of_its_reader(
    scene: Scene, mail_server: Server
):
    User.objects.update(language="fr")
    scene.comment(scene.stranger)
    scene.answer()
    scene.decide()
    send()
    with translation.override("fr"):
        line = translation.gettext("You get this because you posted this idea.")
    letters = mail_server.to(scene.author.email)
    assert len(letters) == 3
    for letter in letters:
        assert '<html lang="fr">' in letter.html
        assert line in letter.text


def test_a_comment_without_end_is_cut(scene: Scene, mail_server: Server):
    scene.comment(scene.stranger, "word " * 3000)
    letter = letter_to(mail_server, scene.author)
    assert len(letter.text) < 3_000
    assert "word…" in letter.text


def test_a_reader_finds_each_kind_in_the_inbox_with_a_link(scene: Scene):
    first = scene.comment(scene.stranger)
    scene.comment(scene.author, f"@{scene.voter.handle} Yes.", parent=first)
    scene.answer()
    scene.decide()
    scene.decide(message="Still planned.")
    send()
    lines = headlines.lines_of(list(Notice.objects.select_related("activity__brand")))
    said = {line.headline for line in lines}
    assert said == {
        "Stranger commented on your idea “Doors both ways”.",
        "Stranger commented on “Doors both ways”.",
        "Author answered your comment on “Doors both ways”.",
        "Author commented on “Doors both ways”.",
        "Author named you in a comment on “Doors both ways”.",
        "Mio Motors answered your idea “Doors both ways”.",
        "Mio Motors answered “Doors both ways”.",
        "Your idea “Doors both ways” is now: Planned.",
        "“Doors both ways” is now: Planned.",
        "Mio Motors says how “Doors both ways” stands: Planned.",
    }
    comment = next(line for line in lines if line.headline.startswith("Author answered"))
    assert comment.path.startswith(f"/i/{scene.idea.code}/comments/")


def test_the_title_of_a_hidden_idea_is_told_to_nobody_else(scene: Scene):
    scene.comment(scene.stranger)
    send()
    type(scene.idea).objects.update(hidden=True)
    notices = Notice.objects.select_related("activity__brand")
    lines = {line.notice.user.display_name: line for line in headlines.lines_of(list(notices))}
    assert "Doors" in lines["Author"].headline
    assert lines["Follower"].headline == "Stranger commented on an idea that is not shown any more."
    assert "doors" not in lines["Follower"].path


def test_a_page_of_many_kinds_costs_as_much_as_one(scene: Scene, django_assert_num_queries):
    for n in range(3):
        idea = make_idea(scene.idea.challenge, author=make_participant(make_brand()))
        scene.idea = idea
        scene.comment(scene.stranger, f"Comment {n}")
        scene.decide()
    send()
    activities = [notice.activity for notice in Notice.objects.select_related("activity__brand")]
    with django_assert_num_queries(4):  # ideas, comments, decisions, names of statuses
        stories.of(activities)
    with django_assert_num_queries(3):
        stories.of([one for one in activities if one.kind == "status.changed"][:1])
