"""A member's profile: name, handle, picture, interests, language and time zone."""

import io
import re
from functools import partial
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image

from accounts.domain import people
from accounts.models import Activity, User
from accounts.signals import activity_recorded
from cocreate.lib.errors import Invalid
from cocreate.lib.images import MOST_BYTES, PictureRefused
from cocreate.lib.uploads import picture_in
from ideas.domain.lists import ideas_page
from ideas.enums import Sort
from tests.factories import make_idea, make_participant, make_user
from tests.gate import Crowd, another_connection
from tests.web.conftest import path_of, reader, text_of
from tests.web.pictures import jpeg, upload

PROFILE = "/me/profile/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def form(user: User, **over) -> dict:
    """As the page of this member sends it."""
    return {
        "display_name": user.display_name,
        "handle": user.handle,
        "language": user.language,
        "time_zone": user.time_zone,
        "interests": ", ".join(user.interests),
    } | over


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def avatar_of(user: User) -> str:
    user.refresh_from_db()
    return f"/u/{user.handle}/avatar/{Path(user.avatar.name).stem}.webp"


def changes() -> list[tuple]:
    found = Activity.objects.filter(kind="profile.changed").order_by("pk")
    return [(one.subject_code, one.data["changed"], one.private) for one in found]


# --- What is written -----------------------------------------------------------------------------


def test_a_visitor_signs_in_first(visitor, db):
    assert visitor.get(PROFILE)["Location"] == "/accounts/login/?next=%2Fme%2Fprofile%2F"


def test_a_member_changes_all_that_is_theirs(member, charlie):
    sent = form(
        charlie,
        display_name="  Charlie   Brown ",
        handle="@Charlie-B",
        language="fr",
        time_zone="Europe/Paris",
        interests="#Rain,  small cars, RAIN, , vélo",
    )
    answer = member.post(PROFILE, sent)
    assert (answer.status_code, answer["Location"]) == (302, PROFILE)
    charlie.refresh_from_db()
    assert (charlie.display_name, charlie.handle) == ("Charlie Brown", "charlie-b")
    assert (charlie.language, charlie.time_zone) == ("fr", "Europe/Paris")
    assert charlie.interests == ["Rain", "small cars", "vélo"]
    assert answer.cookies["cocreate_language"].value == "fr"
    assert changes() == [
        ("charlie-b", ["display_name", "handle", "interests", "language", "time_zone"], True)
    ]


def test_what_is_the_same_is_no_change(member, charlie):
    member.post(PROFILE, form(charlie))
    assert changes() == []


def test_the_page_shows_what_was_saved(member, charlie):
    member.post(PROFILE, form(charlie, interests="rain, cars", time_zone="Asia/Kathmandu"))
    page = member.get(PROFILE).content.decode()
    assert 'value="rain, cars"' in page
    assert '<option value="Asia/Kathmandu" selected>Kathmandu (UTC+5:45)</option>' in page
    assert "Your profile is saved." in page


def test_whoever_reads_in_a_language_goes_on_in_it_when_they_save_something_else(charlie):
    client = reader(charlie, accept_language="fr")
    page = client.get(PROFILE).content.decode()
    assert '<option value="fr" selected>' in page
    chosen = re.search(r'name="language".*?value="(\w+)" selected', page, re.DOTALL).group(1)
    client.post(PROFILE, form(charlie, interests="rain", language=chosen))
    assert "Votre profil est enregistré." in text_of(client.get(PROFILE))
    charlie.refresh_from_db()
    assert charlie.language == "fr"  # what the form said is saved: mails speak it too


def test_interests_stand_on_the_public_page_as_text(visitor, member, charlie):
    member.post(PROFILE, form(charlie, interests="<b>rain</b>, cars"))
    page = visitor.get("/u/charlie/")
    assert "<b>rain</b>" in text_of(page)
    assert "<b>rain</b>" not in page.content.decode()


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [
        ("alice", "Somebody else has this handle."),
        ("ALICE", "Somebody else has this handle."),
        ("me", "This handle is kept for the site itself."),
        ("Admin", "This handle is kept for the site itself."),
        ("api", "This handle is kept for the site itself."),
        ("", "A handle has 1 to 30 small letters"),
        ("-charlie", "A handle has 1 to 30 small letters"),
        ("ch/arlie", "A handle has 1 to 30 small letters"),
        ("chаrlie", "A handle has 1 to 30 small letters"),  # the first a is Cyrillic
        ("c" * 31, "A handle has 1 to 30 small letters"),
        ("charlie\n", None),
    ],
)
def test_a_handle_that_cannot_be_is_told_beside_it(member, charlie, alice, handle, sentence):
    answer = member.post(PROFILE, form(charlie, handle=handle, display_name="Kept as typed"))
    charlie.refresh_from_db()
    if sentence is None:
        assert (answer.status_code, charlie.handle) == (302, "charlie")
        return
    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert 'value="Kept as typed"' in answer.content.decode()
    assert (charlie.handle, charlie.display_name) == ("charlie", "Charlie")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_handle_at_once_one_is_told(alice, charlie):
    """Both have seen that it is free; the database decides."""
    users = (alice, charlie)
    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_user IN SHARE MODE")
        crowd = Crowd([partial(take_handle, user, "zed") for user in users])
        crowd.wait_until_all_wait()
    (refused,) = [one for one in crowd.finish() if isinstance(one, Invalid)]
    assert refused.fields["handle"][0][0] == "taken"
    assert [user.handle for user in users].count("zed") == 1  # nor does the loser's object lie
    assert User.objects.filter(handle="zed").count() == 1


def take_handle(user: User, handle: str) -> list[str]:
    return people.change_profile(user=user, **form(user, interests=[], handle=handle))


def test_whoever_has_a_kept_handle_from_before_may_keep_it(charlie):
    User.objects.filter(pk=charlie.pk).update(handle="help")
    charlie.refresh_from_db()
    client = reader(charlie)
    assert client.post(PROFILE, form(charlie, display_name="Still me")).status_code == 302


def test_nobody_signs_up_to_a_kept_handle(db):
    assert make_user("Admin").handle.startswith("admin-")


def test_the_old_address_is_gone_and_nobody_is_sent_on(visitor, member, charlie):
    member.post(PROFILE, form(charlie, handle="chuck"))
    assert visitor.get("/u/charlie/").status_code == 404
    assert visitor.get("/u/chuck/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("display_name", "", "required"),
        ("display_name", "\u200b", "name_unprintable"),
        ("display_name", "Char\u202elie", "name_unprintable"),
        ("display_name", "x" * 41, "max_length"),
        ("language", "tlh", "unknown"),
        ("time_zone", "Mars/Olympus", "unknown"),
        ("time_zone", "../../etc/passwd", "unknown"),
        ("interests", ["x" * 41], "too_long"),
        ("interests", [str(n) for n in range(11)], "too_many"),
        ("interests", ["ra\x00in"], "invalid"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(charlie, field, value, code):
    fields = form(charlie, interests=["rain"]) | {field: value}
    with pytest.raises(Invalid) as refusal:
        people.change_profile(user=charlie, **fields)
    assert [(name, found[0][0]) for name, found in refusal.value.fields.items()] == [(field, code)]


def test_every_wrong_field_is_told_at_once_and_nothing_typed_is_lost(member, charlie):
    sent = form(
        charlie, display_name="", handle="a b", interests=", ".join("rain" * 20 for _n in "ab")
    )
    answer = member.post(PROFILE, sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count('class="wrong"') == 3
    assert f'value="{sent["interests"]}"' in page
    assert 'value="a b"' in page


def test_two_hundred_characters_of_interests_cost_no_more_than_a_sentence(member, charlie):
    answer = member.post(PROFILE, form(charlie, interests="," * 100_000 + "x" * 100_000))
    assert "An interest has 40 characters at most." in text_of(answer)


# --- The picture ---------------------------------------------------------------------------------


def test_f04_a_picture_is_kept_upright_small_and_silent(member, charlie, media):
    answer = member.post(PROFILE, form(charlie, picture=upload()))
    assert answer.status_code == 302
    stored = member.get(avatar_of(charlie))
    assert stored.status_code == 200
    picture = Image.open(io.BytesIO(stored.content))
    assert (picture.format, picture.size) == ("WEBP", (256, 256))
    assert b"STRANGER" not in stored.content
    assert not picture.getexif()
    assert changes() == [("charlie", ["avatar"], True)]


def test_f06_the_name_of_the_file_is_ours(member, charlie, media):
    for name in ("../../evil.svg", "x" * 300 + ".jpg", "\u202egpj.exe", "<svg onload=a()>.jpg"):
        assert member.post(PROFILE, form(charlie, picture=upload(name=name))).status_code == 302
    assert len(files(media)) == 4  # the older ones go after the commit
    for stored in files(media):
        stem, dot, kind = stored.partition(".")
        assert (len(stem), stem.isalnum(), dot + kind) == (20, True, ".webp")


def test_a_picture_has_headers_that_let_it_be_kept_for_ever(member, charlie, visitor):
    member.post(PROFILE, form(charlie, picture=upload()))
    answer = visitor.get(avatar_of(charlie))
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Disposition"] == "inline"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_picture_reads_no_session_and_sets_none(member, charlie, django_assert_num_queries):
    member.post(PROFILE, form(charlie, picture=upload()))
    address = avatar_of(charlie)
    with django_assert_num_queries(1):  # whose picture it is
        answer = member.get(address)
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_a_new_picture_replaces_the_old_file_after_the_commit(
    member, charlie, media, django_capture_on_commit_callbacks
):
    member.post(PROFILE, form(charlie, picture=upload()))
    first = avatar_of(charlie)
    with django_capture_on_commit_callbacks() as after:
        member.post(PROFILE, form(charlie, picture=upload(jpeg((0, 90, 200)))))
        assert len(files(media)) == 2
    for callback in after:
        callback()
    assert [f"/u/charlie/avatar/{name}" for name in files(media)] == [avatar_of(charlie)]
    assert member.get(first).status_code == 404


def test_a_picture_is_removed(member, charlie, media, django_capture_on_commit_callbacks):
    member.post(PROFILE, form(charlie, picture=upload()))
    assert "Remove my picture" in text_of(member.get(PROFILE))
    with django_capture_on_commit_callbacks(execute=True):
        member.post(PROFILE, form(charlie, remove_picture="on"))
    charlie.refresh_from_db()
    assert (charlie.avatar.name, files(media)) == ("", [])
    assert "Remove my picture" not in text_of(member.get(PROFILE))


def test_removing_what_is_not_there_is_no_change(charlie):
    people.remove_avatar(user=charlie)
    assert changes() == []


def test_a_failed_transaction_leaves_no_file(charlie, media):
    def fail(**_kwargs):
        raise RuntimeError("a receiver that cannot write its row")

    activity_recorded.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            people.change_avatar(user=charlie, source=jpeg())
    finally:
        activity_recorded.disconnect(fail)
    charlie.refresh_from_db()
    assert (charlie.avatar.name, files(media)) == ("", [])


@pytest.mark.parametrize(
    ("source", "status", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "We cannot read this picture."),
        (b"<html><script>alert(1)</script>", 415, "We cannot read this picture."),
        (b"\xff" * (MOST_BYTES + 1), 413, "This picture is larger than 10 MB."),
    ],
    ids=["svg", "html", "11 MB"],
)
def test_f01_what_is_no_picture_is_refused_beside_its_field(
    member, charlie, media, source, status, sentence
):
    answer = member.post(PROFILE, form(charlie, display_name="Chuck", picture=upload(source)))
    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert 'value="Chuck"' in answer.content.decode()
    assert files(media) == []


def test_f05_what_is_too_large_is_dropped_while_it_arrives_and_the_rest_is_read(rf):
    sent = {"first": upload(b"x"), "big": upload(b"x" * (MOST_BYTES + 1)), "name": "Zoe"}
    request = rf.post("/", sent | {"exact": upload(b"x" * MOST_BYTES)})
    assert set(request.FILES) == {"first", "exact"}
    assert request.POST["name"] == "Zoe"
    assert len(picture_in(request, "exact")) == MOST_BYTES
    assert picture_in(request, "nothing") is None
    with pytest.raises(PictureRefused) as refusal:
        picture_in(request, "big")
    assert refusal.value.code == "picture_too_large"


def test_a_picture_is_kept_though_another_field_needs_a_correction(member, charlie, media):
    answer = member.post(PROFILE, form(charlie, handle="a b", picture=upload()))
    assert answer.status_code == 400
    assert avatar_of(charlie) in answer.content.decode()


def test_pictures_come_in_measure(member, charlie):
    statuses = [
        member.post(PROFILE, form(charlie, picture=upload(b"no picture"))).status_code
        for _n in range(31)
    ]
    assert statuses == [415] * 30 + [429]


@pytest.mark.parametrize(
    "address",
    ["/u/charlie/avatar/nothing.webp", "/u/nobody/avatar/x.webp", "/u/alice/avatar/{}.webp"],
)
def test_f07_a_picture_is_found_under_its_own_name_alone(member, charlie, alice, address):
    member.post(PROFILE, form(charlie, picture=upload()))
    stem = Path(avatar_of(charlie)).stem
    assert member.get(address.format(stem)).status_code == 404


def test_whoever_is_gone_has_no_picture(member, charlie, visitor):
    member.post(PROFILE, form(charlie, picture=upload()))
    address = avatar_of(charlie)
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    assert visitor.get(address).status_code == 404


def test_a_lost_file_is_a_missing_picture_and_no_error(member, charlie, visitor):
    member.post(PROFILE, form(charlie, picture=upload()))
    address = avatar_of(charlie)
    default_storage.delete(charlie.avatar.name)
    assert visitor.get(address).status_code == 404


# --- Where it is shown ----------------------------------------------------------------------------


def test_the_picture_stands_in_the_head_of_every_page_and_on_the_public_one(
    member, charlie, visitor
):
    assert 'class="face' in member.get("/").content.decode()
    member.post(PROFILE, form(charlie, picture=upload()))
    tag = f'src="{avatar_of(charlie)}"'
    assert tag in member.get("/").content.decode()
    assert tag in member.get("/me/").content.decode()
    assert tag in visitor.get("/u/charlie/").content.decode()


def test_the_picture_stands_beside_what_its_owner_wrote(challenge, charlie, visitor):
    idea = make_idea(challenge, author=make_participant(challenge.brand, charlie))
    people.change_avatar(user=charlie, source=jpeg())
    tag = f'src="{avatar_of(charlie)}"'
    assert tag in visitor.get(path_of(idea)).content.decode()
    assert tag in visitor.get("/b/mio/c/street/").content.decode()
    assert tag in visitor.get("/b/mio/").content.decode()


def test_a_list_names_the_pictures_of_its_authors(brand, challenge):
    for name in ("Ada", "Bea"):
        author = make_user(name)
        make_idea(challenge, author=make_participant(brand, author))
        User.objects.filter(pk=author.pk).update(avatar=f"avatars/{name.lower()}.webp")
    make_idea(challenge)
    rows = ideas_page(brand=brand, challenge=challenge, sort=Sort.NEW).items
    assert [row["author_avatar"] for row in rows] == ["", "avatars/bea.webp", "avatars/ada.webp"]


def test_the_page_costs_its_session_and_its_inbox_alone(member, django_assert_num_queries):
    with django_assert_num_queries(2):  # session and user, unread
        member.get(PROFILE)


def test_saving_holds_the_row_for_no_vote(charlie, brand, transactional_db):
    """FOR NO KEY UPDATE: whoever votes or posts points to this row, and does not wait for it."""
    with connection.execute_wrapper(note := Statements()):
        people.change_profile(**form(charlie, interests=["rain"]) | {"user": charlie})
    assert any("FOR NO KEY UPDATE" in sql for sql in note.seen)


class Statements:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        self.seen.append(sql)
        return execute(sql, params, many, context)
