"""What an import does not believe, and what a move does not take or leave by mistake."""

import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import is_password_usable
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from accounts.domain import brands, keys, mailboxes, teams
from accounts.enums import Role, Scope
from accounts.models import Brand, FormerSlug, Mailbox, Membership, User
from cocreate.move import farewell
from ideas.domain import comments, decisions, drafts, tally
from ideas.domain.ideas import edit_idea
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.models import Draft, Idea, Vote
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.ideas.ledger import all_is_true, counters
from tests.operations.moving import forget, forget_people, refused, rewritten, send, take

pytestmark = pytest.mark.django_db(transaction=True)
BZIP2, LZMA = zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA


@pytest.fixture
def file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "mio.brand"


@pytest.fixture
def ada(file):
    return make_user("Ada", email="ada@gmail.com")


@pytest.fixture
def idea(ada):
    brand = make_brand("mio", owner=ada, colour="#123456")
    return make_idea(make_challenge(brand), author=make_participant(brand, ada))


@pytest.fixture
def sent(idea, file):
    """Its file; nobody here knows the brand or its people."""
    send(idea.brand, file)
    forget(idea.brand, file)
    forget_people()
    return file


def people_with(**facts):
    """The list of people, of whom the first is another one."""

    def change(lines):
        first, *rest = map(json.loads, lines.splitlines())
        return b"".join(json.dumps(row).encode() + b"\n" for row in (first | facts, *rest))

    return {"people.jsonl": change}


# Files that nobody exported


@pytest.mark.parametrize("how", [BZIP2, LZMA])
def test_a_part_that_is_unpacked_without_bound_is_refused(sent, how):
    with zipfile.ZipFile(sent, "a", how) as bomb:
        bomb.writestr("media/avatars/a.webp", bytes(1 << 20))
    with refused("packed in a way"):
        take(sent)


def test_more_than_the_disk_holds_is_refused_before_any_of_it_is_read(sent, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Disk", (), {"free": 100}))
    with refused("100 bytes free"):
        take(sent)


def test_how_much_a_file_unpacks_to_is_said(sent):
    said = []
    take(sent, say=said.append)
    with zipfile.ZipFile(sent) as parts:
        size = sum(part.file_size for part in parts.infolist())
    assert f"{size:,} bytes" in said[0]


NAMES = [
    "x y;\\n\"~.\" https://evil.example;#", "UPPER", "a" * 51, "-", "mio\\n",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_former_address_of_another_shape_is_refused(sent, name):
    row = f"{name}\t%d\t2026-01-01 00:00:00+00\n"
    number = _number_of_the_brand(sent)
    bad = rewritten(sent, {"rows/accounts_formerslug": lambda _rows: (row % number).encode()})
    with refused("accounts_formerslug"):
        take(bad)
    assert not Brand.objects.exists()


def test_a_code_of_another_shape_is_refused(idea, sent):
    bad = rewritten(
        sent, {"rows/ideas_idea": lambda rows: rows.replace(idea.code.encode(), b"x;y z")}
    )
    with refused("ideas_idea"):
        take(bad)


@pytest.mark.parametrize("colour", ["red", "#FFD500", "#fff"])
def test_a_colour_of_another_shape_is_refused(sent, colour):
    """Every page that shows the brand would fail on it."""

    def paint(rows):
        assert rows.count(b"#123456") == 1
        return rows.replace(b"#123456", colour.encode())

    with refused("accounts_brand"):
        take(rewritten(sent, {"rows/accounts_brand": paint}))


@pytest.mark.parametrize(
    "facts",
    [
        {"handle": "Not A Handle"},
        {"handle": "ada\n"},
        {"email": "ada@gmail.com\nBcc: x@example.org"},
        {"avatar": "images/ab/secret-640.webp"},
        {"avatar": "avatars/../images/secret.webp"},
    ],
)
def test_a_person_of_another_shape_is_refused(sent, facts):
    with refused("cannot be"):
        take(rewritten(sent, people_with(**facts)))
    assert not User.objects.exists()


def test_a_handle_kept_for_the_site_gets_a_number(sent):
    done = take(rewritten(sent, people_with(handle="admin")))
    assert ("admin", "admin-2") in done.renamed
    assert User.objects.get().handle == "admin-2"


@pytest.mark.parametrize("packed", [True, False])
def test_a_picture_that_is_another_s_here_becomes_nobody_else_s(sent, packed):
    name = "avatars/another.webp"
    default_storage.save(name, ContentFile(b"another's"))
    changes = people_with(avatar=name)
    if packed:
        changes[f"media/{name}"] = lambda _none: b"mine"
    with refused("already"):
        take(rewritten(sent, changes))
    assert not User.objects.exists()
    assert default_storage.open(name).read() == b"another's"


def test_a_picture_of_who_is_here_already_hides_no_other_of_that_name(idea, file):
    send(idea.brand, file)
    forget(idea.brand, file)
    name = "avatars/another.webp"
    default_storage.save(name, ContentFile(b"another's"))

    def change(lines):
        (ada,) = map(json.loads, lines.splitlines())
        twin = {"id": 0, "email": "twin@example.org", "handle": "twin", "proved_at": None}
        both = (ada | {"avatar": name}, ada | {"avatar": name} | twin)
        return b"".join(json.dumps(row).encode() + b"\n" for row in both)

    with refused("already"):
        take(rewritten(file, {"people.jsonl": change, f"media/{name}": lambda _none: b"mine"}))


def test_what_no_row_names_is_refused(sent):
    bad = rewritten(sent, {"media/images/ab/abcd-320.webp": lambda _none: b"?"})
    with refused("images/ab/abcd-320.webp"):
        take(bad)
    assert not default_storage.exists("images/ab/abcd-320.webp")


def test_a_password_is_taken_only_where_both_operators_say_so(idea, file):
    send(idea.brand, file, with_passwords=True)
    forget(idea.brand, file)
    forget_people()
    take(file)
    assert not is_password_usable(User.objects.get().password)


def test_a_file_that_claims_to_have_no_passwords_brings_none(sent):
    bad = rewritten(sent, people_with(password="md5$x$y"))
    with refused("no passwords"):
        take(bad, with_passwords=True)
    take(bad)
    assert not is_password_usable(User.objects.get().password)


# One mailbox, one person


def test_who_proved_a_mailbox_takes_the_proof_along_beside_somebody_of_the_same(ada, idea, file):
    twin = make_user("Twin", email="ada+1@gmail.com")
    for user in (ada, twin):
        cast_as_user(code=idea.code, user_id=user.pk, value=1)
    send(idea.brand, file)
    forget(idea.brand, file)
    forget_people()
    take(file)
    assert Mailbox.objects.get().user.email == "ada@gmail.com"


def test_who_arrives_is_who_keys_of_other_brands_had_named(idea, sent):
    boss = make_user("Boss")
    theirs = make_idea(make_challenge(make_brand(owner=boss)))
    scopes = [Scope.READ, Scope.VOTE]
    key, *_ = keys.create_key(brand=theirs.brand, scopes=scopes, origins=[], rate=0, actor=boss)
    cast_on_behalf(
        code=theirs.code, key=key, value=1, external_id=None, email="ada@gmail.com", name="Ada"
    )
    take(sent)
    ada = User.objects.get(email="ada@gmail.com")
    cast_as_user(code=theirs.code, user_id=ada.pk, value=1)
    tally.fold_until_settled()
    assert Vote.objects.filter(idea=theirs, state="counted", value=1).count() == 1
    assert counters(theirs)[0] == 1
    assert all_is_true()


def test_names_are_joined_in_the_import_s_own_transaction(sent, monkeypatch):
    boss = make_user("Boss")
    theirs = make_idea(make_challenge(make_brand(owner=boss)))
    key, *_ = keys.create_key(
        brand=theirs.brand, scopes=[Scope.READ, Scope.VOTE], origins=[], rate=0, actor=boss
    )
    cast_on_behalf(
        code=theirs.code, key=key, value=1, external_id=None, email="ada@gmail.com", name="Ada"
    )
    take(sent, rehearse=True)
    assert not Brand.objects.filter(slug="mio").exists()
    monkeypatch.setattr("ideas.domain.joining.JOIN", "SELECT no_such_function(%s)")
    with pytest.raises(Exception, match="no_such_function"):
        take(sent)
    assert not Brand.objects.filter(slug="mio").exists()


def test_who_gave_an_address_up_is_not_taken_for_who_has_it_now(ada, idea, sent):
    former = make_user("Former", email="ada@gmail.com")
    EmailAddress.objects.filter(user=former).update(email="former@home.org")
    User.objects.filter(pk=former.pk).update(email="former@home.org")
    with refused(former.handle):
        take(sent)
    assert not Membership.objects.exists()


def test_who_spells_their_address_otherwise_is_still_known(idea, sent):
    here = make_user("Ada", email="a.da+here@gmail.com")
    done = take(sent)
    assert (done.new_people, done.known_people) == (0, 1)
    assert Membership.objects.get(brand=done.brand).user == here


# What stays


def test_a_draft_of_who_never_took_part_stays(idea, file):
    words = drafts.Words(title="SECRETWORDS", body="…", tags="")
    for who in (make_user("Passer"), idea.author.user):
        drafts.store(brand=idea.brand, user=who, name=drafts.new_name(), words=words)
    send(idea.brand, file)
    assert zipfile.ZipFile(file).read("rows/ideas_draft").count(b"SECRETWORDS") == 1
    forget(idea.brand, file)
    take(file)
    assert Draft.objects.get().user.display_name == "Ada"


def test_a_former_address_that_is_another_brand_s_here_is_left_out(ada, idea, file, capsys):
    for slug in ("second", "third", "fourth"):
        brands.change_address(brand=idea.brand, slug=slug, actor=ada)
        idea.brand.refresh_from_db()
    send(idea.brand, file)
    forget(idea.brand, file)
    olive = make_user("Olive")
    living = make_brand("mio", owner=olive)
    moved = make_brand("second", owner=olive)
    brands.change_address(brand=moved, slug="elsewhere", actor=olive)
    call_command("import_brand", file)
    said = capsys.readouterr().out
    assert "/b/mio/" in said and "/b/second/" in said and "/b/third/" not in said
    assert list(FormerSlug.objects.filter(brand__slug="fourth").values_list("slug", flat=True)) == [
        "third"
    ]
    brands.change_address(brand=living, slug="away", actor=olive)


def test_a_brand_may_arrive_under_an_address_that_it_left(ada, idea, file):
    brands.change_address(brand=idea.brand, slug="second", actor=ada)
    idea.brand.refresh_from_db()
    send(idea.brand, file)
    forget(idea.brand, file)
    done = take(file, slug="mio")
    assert not done.brand.former_slugs.exists()
    assert done.left_out == []


# Leaving for good


def _decide(idea, ada):
    decisions.set_status(idea=idea, status="planned", actor=ada, message="We build it.")


def _join_team(idea, _ada):
    teams.add_member(brand=idea.brand, user=make_user("Max"), role=Role.MANAGER)


def _edit(idea, ada):
    edit_idea(idea=idea, actor=ada, body="Better said.")


def _talk(idea, ada):
    comments.answer(idea=idea, body="We hear you.", actor=ada)


def _vote(idea, _ada):
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)


def _rename(idea, ada):
    brands.change_settings(brand=idea.brand, actor=ada, name="Other")


@pytest.mark.parametrize("deed", [_decide, _join_team, _edit, _talk, _vote, _rename])
def test_what_people_did_after_the_export_keeps_the_brand(ada, idea, file, deed):
    send(idea.brand, file)
    deed(idea, ada)
    with refused("after the export"):
        farewell.remove(idea.brand, file, at_once=True)
    assert Idea.objects.filter(pk=idea.pk).exists()


def test_a_proof_after_the_export_does_not_keep_it(idea, file):
    late = make_user("Late", verified=False)
    cast_as_user(code=idea.code, user_id=late.pk, value=1)
    send(idea.brand, file)
    mailboxes.prove(user=late, email=late.email)
    tally.fold_until_settled()
    farewell.remove(idea.brand, file, at_once=True)
    assert not Brand.objects.exists()


def _number_of_the_brand(file):
    return int(zipfile.ZipFile(file).read("rows/accounts_brand").split(b"\t")[0])
