"""R15: every task that Celery knows, run twice, ends in the state of having run once.

A task without a row in ARGUMENTS fails: whoever adds one says here what it is given.
"""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from accounts.domain import activity, keys
from accounts.enums import Scope
from accounts.models import Activity, Mailbox, Session, SpentToken
from api.models import KeptAnswer
from cocreate import metrics
from ideas.domain import drafts, exposure, tally
from ideas.domain.deleting import delete_idea
from ideas.domain.votes import cast_as_user
from ideas.enums import AlertKind
from ideas.importers import batches
from ideas.models import (
    Alert,
    AlertRule,
    Draft,
    Exposure,
    Idea,
    Image,
    ImportBatch,
    LedgerBatch,
    OrderPlace,
    Score,
    TopIdea,
    Unsettled,
    Vote,
    VoteEvent,
)
from insights.models import DailyVotes
from notifications.domain import outbox, subscriptions
from notifications.domain.rendering import Rendered
from notifications.models import Digest, Mail, Notice
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.mail import Server, mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db(transaction=True)

current_app.loader.import_default_modules()
TASKS = sorted(name for name in current_app.tasks if not name.startswith("celery."))


def waiting_mail() -> list[int]:
    return [
        outbox.queue(to="zoe@example.org", rendered=Rendered("Hello", "Text", "<p>Text</p>")).pk
    ]


def ended_session() -> list[int]:
    Session.objects.create(session_key="long-gone", expire_date=timezone.now() - timedelta(days=1))
    return []


def spent_token() -> list[int]:
    """A host's token became a session yesterday."""
    made = keys.create_key(
        brand=Idea.objects.get().brand, scopes=[Scope.WIDGET], origins=[], rate=0, actor=None
    )
    ended = timezone.now() - timedelta(days=1)
    SpentToken.objects.create(key=made[0], jti="0" * 64, expires_at=ended)
    return []


def rested_mailbox() -> list[int]:
    """Its owner's vote has waited for the end of the rest."""
    user = make_user()
    Mailbox.objects.filter(user=user).update(rests_until=timezone.now() + timedelta(days=1))
    cast_as_user(code=Idea.objects.get().code, user_id=user.pk, value=1)
    Mailbox.objects.filter(user=user).update(rests_until=timezone.now() - timedelta(days=1))
    return []


def closed_idea() -> list[int]:
    """A vote has cost something, and its idea takes none any more."""
    idea = make_idea(make_challenge(make_brand(), budget=3))
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    Idea.objects.filter(pk=idea.pk).update(closed=True)
    Unsettled.objects.update(at=timezone.now() - timedelta(hours=1))  # it can be undone no more
    return []


def draft_of_nobody() -> list[int]:
    """Nobody came back for it."""
    drafts.keep(slug=Idea.objects.get().brand.slug, name="", words=drafts.Words(title="Lost"))
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=8))
    return []


def idea_deleted_long_ago() -> list[int]:
    user, other = make_user(), Idea.objects.get()
    idea = make_idea(other.challenge, author=make_participant(other.brand, user))
    delete_idea(idea=idea, actor=user)
    Idea.objects.filter(pk=idea.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    return []


def passed_threshold() -> list[int]:
    """The team wants to hear of one supporter."""
    brand = Idea.objects.get().brand
    AlertRule.objects.create(brand=brand, kind=AlertKind.SUPPORTERS, threshold=1)
    return []


def forgotten_image() -> list[int]:
    """Somebody sent a picture two days ago and posted nothing."""
    brand, sent = Idea.objects.get().brand, timezone.now() - timedelta(days=2)
    Image.objects.create(brand=brand, width=40, height=30, at=sent)
    return []


def shown_idea() -> list[int]:
    """Somebody has looked at a list."""
    idea = Idea.objects.get()
    exposure.seen_all([exposure.Showing("192.0.2.1", "Firefox", (idea.pk,), (idea.challenge_id,))])
    return []


def waiting_digest() -> list[int]:
    """Two notices of somebody who wants one mail a day, and it is morning."""
    brand, user = make_brand(), make_user()
    subscriptions.choose(user=user, brand=brand, frequency="daily")
    for _n in range(2):
        happened = activity.record("idea.top", subject=("idea", "k3v9wx"), brand=brand)
        Notice.objects.create(user=user, activity=happened, pace="daily", digest_at=timezone.now())
    return []


def answer_of_yesterday() -> list[int]:
    KeptAnswer.keep(slot="a" * 64, request="b" * 64, answer="sealed")
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=26))
    return []


def prepared_import() -> ImportBatch:
    question = make_challenge(make_brand())
    file = io.BytesIO(b"external_id,title,support\n1,Trams,15\n")
    return batches.prepare(
        brand=question.brand, challenge=question, file=file, file_name="a.csv", actor=None, said=[]
    )


def waiting_import() -> list[int]:
    batches.start(batch=prepared_import(), actor=None)
    return []


def forgotten_import() -> list[int]:
    prepared_import()
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(days=8))
    return []


ARGUMENTS: dict[str, Callable[[], list[int]]] = {
    "accounts.tasks.clear_expired_sessions": ended_session,
    "accounts.tasks.clear_spent_tokens": spent_token,
    "accounts.tasks.settle_mailboxes": rested_mailbox,
    "api.tasks.sweep_kept_answers": answer_of_yesterday,
    "ideas.tasks.empty_deleted_ideas": idea_deleted_long_ago,
    "ideas.tasks.heal_all_drift": list,
    "ideas.tasks.heal_recent_drift": list,
    "ideas.tasks.keep_exposure": shown_idea,
    "ideas.tasks.rebuild_orders": list,
    "ideas.tasks.settle_costs": closed_idea,
    "ideas.tasks.sweep_drafts": draft_of_nobody,
    "ideas.tasks.sweep_images": forgotten_image,
    "ideas.tasks.sweep_imports": forgotten_import,
    "ideas.tasks.tally_votes": list,
    "ideas.tasks.watch_alerts": passed_threshold,
    "ideas.tasks.watch_top_ideas": list,
    "ideas.tasks.work_on_imports": waiting_import,
    "insights.tasks.count_daily_votes": list,
    "notifications.tasks.build_digests": waiting_digest,
    "notifications.tasks.dispatch_activities": list,
    "notifications.tasks.send_due_mail": list,
    "notifications.tasks.send_mail": waiting_mail,
}


def everything(sink: Server) -> list[object]:
    """All that a task may have touched, without the moments at which it did."""
    return [
        list(Score.objects.order_by("pk").values_list("pk", "support", "points", "hot")),
        list(Vote.objects.order_by("pk").values_list("pk", "value", "state", "cost", "returned")),
        VoteEvent.objects.count(),
        list(LedgerBatch.objects.order_by("pk").values_list("pk", "events")),
        list(TopIdea.objects.order_by("pk").values_list("pk", flat=True)),
        list(Alert.objects.order_by("pk").values_list("pk", flat=True)),
        [(a.kind, a.subject_code, a.dispatched_at) for a in Activity.objects.order_by("pk")],
        list(Notice.objects.order_by("pk").values_list("user", "activity", "read_at", "digest")),
        list(Digest.objects.order_by("pk").values_list("user", "brand", "day")),
        list(Mail.objects.order_by("pk").values_list("pk", "state", "attempts", "sent_at")),
        sorted(letter.id for letter in sink.letters),
        list(Session.objects.order_by("pk").values_list("pk", flat=True)),
        list(SpentToken.objects.order_by("pk").values_list("pk", flat=True)),
        list(Image.objects.order_by("pk").values_list("pk", flat=True)),
        list(Draft.objects.order_by("pk").values_list("pk", flat=True)),
        list(ImportBatch.objects.order_by("pk").values_list("pk", "state", "taken")),
        list(KeptAnswer.objects.order_by("pk").values_list("pk", flat=True)),
        list(Idea.objects.order_by("pk").values_list("pk", "title", "hidden", "revision")),
        list(DailyVotes.objects.order_by("pk").values_list("day", "supported", "withdrawn")),
        list(Exposure.objects.order_by("pk").values_list("pk", "views", "times")),
        list(OrderPlace.objects.order_by("pk").values_list("version__number", "sort", "idea")),
    ]


@pytest.fixture
def busy_site(idea, mail_server):
    """One vote folded, one waiting, a top that nobody was told of, a mail that waits."""
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    waiting_mail()
    return mail_server


def test_no_task_is_left_out():
    assert sorted(ARGUMENTS) == TASKS


@pytest.mark.parametrize("name", TASKS)
def test_r15_a_task_run_twice_ends_in_the_same_state(busy_site, name):
    task, arguments = current_app.tasks[name], ARGUMENTS[name]()
    before = everything(busy_site)
    task(*arguments)
    once = everything(busy_site)
    task(*arguments)
    assert everything(busy_site) == once
    assert once != before or name.startswith("ideas.tasks.heal")


def test_every_queue_that_tasks_are_sent_to_has_a_worker_and_is_measured():
    sent_to = {settings.CELERY_TASK_DEFAULT_QUEUE, *settings.CELERY_TASK_ROUTES.values()}
    units = (settings.BASE_DIR / "deploy/systemd").glob("*.service")
    lines = [re.search(r"--queues=(\S+)", unit.read_text()) for unit in units]
    served = {name for line in lines if line for name in line[1].split(",")}
    assert sent_to == served == set(metrics.QUEUES)
