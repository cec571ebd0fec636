"""A brand with a row in every table that goes along, and what of it stays when it moves."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from accounts.domain import brands, invitations, keys, teams
from accounts.enums import Role, Scope
from accounts.models import Activity, Brand, Mailbox, User
from cocreate.backup.programs import Failed
from cocreate.move import arriving, farewell, leaving, plan
from cocreate.move.plan import TABLES, USER, Table
from ideas.domain import (
    alert_rules,
    coauthors,
    comments,
    decisions,
    drafts,
    notes,
    owners,
    ranking,
    reports,
    saved_views,
    tally,
)
from ideas.domain.challenges import change_rules
from ideas.domain.ideas import edit_idea
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.enums import ImportKind, ImportState, Mode
from ideas.importers import batches
from ideas.models import (
    Alert,
    Attendance,
    Exposure,
    Hushed,
    Idea,
    ImportPart,
    Score,
    StatusStep,
    Unsettled,
)
from notifications.domain import fanout, subscriptions
from notifications.models import Mail
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.pictures import uploaded

# A column that is another one at the other end, and why nobody minds.
MAY_DIFFER = {
    "ideas_draft.secret": "of a keyed hash",
    "accounts_activity.dispatched_at": "the old place tells",
    "notifications_notice.digest_at": "the old place mails",
    "notifications_notice.digest_id": "the old place mails",
}


def full_brand() -> Brand:
    """With its owner, a manager, two members, and everything that people and programs may leave."""
    owner, member = make_user("Ada"), make_user("Zoe")
    brand = make_brand("wander", owner=owner, colour="#ffd500")
    brands.change_address(brand=brand, slug="mio", actor=owner)
    brand.refresh_from_db()
    teams.add_member(brand=brand, user=make_user("Max"), role=Role.MANAGER)
    scopes = [Scope.READ, Scope.VOTE]
    key, *_ = keys.create_key(brand=brand, scopes=scopes, origins=[], rate=0, actor=owner)
    challenge = make_challenge(brand, mode=Mode.UP_DOWN, budget=9)
    change_rules(challenge=challenge, actor=owner, budget=12, reason="More to give.")
    zoe = make_participant(brand, member)
    idea, second, third = (make_idea(challenge, author=zoe) for _n in range(3))
    _talk(brand, idea, owner, zoe)
    _votes([idea, second], owner, member, key)
    edit_idea(idea=second, actor=member, body="Better said.")
    coauthors.invite(idea=second, whom="friend@example.org", actor=member)
    reports.report(idea=third, comment=None, reporter=make_participant(brand), reason="abuse")
    decisions.set_status(idea=second, status="planned", actor=owner, message="We build it.")
    invitations.invite(brand=brand, emails=["new@example.org"], role=None, actor=owner)
    words = drafts.Words(title="Half an idea", body="…", tags="")
    drafts.store(brand=brand, user=member, name=drafts.new_name(), words=words)
    subscriptions.choose(user=member, brand=brand, frequency="daily")
    uploaded(brand, zoe, alt="A car")
    _rare(brand, challenge, idea, owner)
    Activity.objects.filter(brand=brand).update(due_at=None)
    fanout.dispatch()
    tally.fold_until_settled()
    ranking.adopt_top(brand=brand)
    return brand


def _talk(brand: Brand, idea: Idea, owner: User, zoe: Any) -> None:
    said = comments.post(idea=idea, author=zoe, body="First")
    other = comments.post(idea=idea, author=make_participant(brand), body="Second")
    comments.post(idea=idea, author=zoe, body="To the first", parent=said)
    comments.post(idea=idea, author=zoe, body="To the second", parent=other)
    comments.set_hidden(comment=other, hidden=True, actor=owner, reason="Rude")
    comments.answer(idea=idea, body="We hear you.", actor=owner)
    notes.add(idea=idea, body="Ask the garage.", actor=owner)
    owners.set_owner(idea=idea, owner=owner.handle, actor=owner)
    for for_team in (True, False):
        saved_views.keep(
            brand=brand, user=owner, name="Mine", query="owner=-me&sort=top", for_team=for_team
        )


def _votes(ideas: list[Idea], owner: User, member: User, key: Any) -> None:
    for idea in ideas:
        for user in (owner, member, make_user(), make_user(verified=False)):
            cast_as_user(code=idea.code, user_id=user.pk, value=1)
    tally.fold_until_settled()
    cast_as_user(code=ideas[0].code, user_id=owner.pk, value=-1)
    cast_as_user(code=ideas[1].code, user_id=member.pk, value=0)
    cast_on_behalf(
        code=ideas[0].code, key=key, value=1, external_id="crm-1", email="crm@example.org", name="C"
    )
    double = make_idea(ideas[0].challenge)
    double.merged_into = ideas[0]
    double.save(update_fields=["merged_into"])


def _rare(brand: Brand, challenge: Any, idea: Idea, owner: User) -> None:
    """What only a worker writes, or the years bring."""
    alert_rules.add_rule(brand=brand, kind="supporters", threshold=500, hours=0, actor=owner)
    rule = brand.alert_rules.first()
    Alert.objects.create(idea=idea, rule=rule, figure=600)
    Exposure.objects.create(idea=idea, views=3.5, times=7)
    Attendance.objects.create(challenge=challenge, visits=11)
    Hushed.objects.create(challenge=challenge)
    Unsettled.objects.get_or_create(idea=idea)
    StatusStep.objects.create(brand=brand, key="submitted", labels={"en": "New"})
    batch = batches.open_batch(
        brand=brand, challenge=challenge, kind=ImportKind.IDEAS, file_name="a.csv", actor=owner
    )
    batch.state = ImportState.FAILED
    batch.save(update_fields=["state"])
    ImportPart.objects.create(batch=batch, place=0, data=b"title\n\\x00\tHi\n")


def portrait(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    """Every row that goes along, with places in place of numbers: the n-th row of its table."""
    places = {table.label: _places(table, brand) for table in TABLES}
    emails = dict(User.objects.values_list("pk", "email"))
    places[USER] = {pk: emails[pk] for pk in plan.travellers(brand).values_list("pk", flat=True)}
    return {table.name: [*_rows(table, brand, places)] for table in TABLES} | {
        "scores": [*Score.objects.filter(brand=brand).order_by("code").values(*COUNTERS)]
    }


COUNTERS = ["code", "listed", "support", "oppose", "points", "on_behalf", "imported", "pending"]
COUNTERS += ["held", "comments", "created_at"]


def _places(table: Table, brand: Brand) -> dict[Any, int]:
    key = table.columns.index(table.key)
    return {row[key]: n for n, row in enumerate(table.rows(brand))}


def _rows(table: Table, brand: Brand, places: dict[str, dict[Any, Any]]) -> Any:
    links = {
        each.column: each.related_model._meta.label for each in table.fields if each.is_relation
    }
    for row in table.rows(brand):
        said = dict(zip(table.columns, row, strict=True))
        for column, label in links.items():
            if said[column] is not None:
                said[column] = places.get(label, {}).get(said[column])
        if table.counts_by_itself:
            said[table.key] = places[table.label][said[table.key]]
        if table.label == "ideas.LedgerBatch":
            said["events"] = [places["ideas.VoteEvent"][seq] for seq in said["events"]]
        if table.label == "ideas.Comment":
            ours = places["ideas.Comment"]
            said |= {"thread": ours[said["thread"]], "path": [ours[one] for one in said["path"]]}
        yield {k: v for k, v in said.items() if f"{table.name}.{k}" not in MAY_DIFFER}


def files_below(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def send(brand: Brand, file: Path, **options: Any) -> Any:
    return leaving.export(brand, file, **{"with_passwords": False, "force": False} | options)


def take(file: Path, **options: Any) -> Any:
    quiet = {"slug": "", "rehearse": False, "say": lambda _line: None}
    return arriving.arrive(file, **quiet | options)


def forget(brand: Brand, file: Path) -> None:
    """As on a machine that never knew it, but for its people."""
    Mail.objects.all().delete()
    farewell.remove(brand, file, at_once=True)


def forget_people() -> None:
    User.objects.all().delete()
    Mailbox.objects.all().delete()


def rewritten(file: Path, changes: dict[str, Callable[[bytes], bytes]]) -> Path:
    """The file with other parts, and a manifest that says so."""
    made = file.with_suffix(".rewritten")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        manifest = json.loads(parts.pop("manifest.json"))
        for name, change in changes.items():
            parts[name] = change(parts.get(name, b""))
            manifest["parts"][name] = [len(parts[name]), hashlib.sha256(parts[name]).hexdigest()]
        for name, content in parts.items():
            new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
    return made


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(Failed) as caught:
        yield
    assert words in str(caught.value.message)
