"""The demo's three jobs, each tried by one press as one of its people.

A real install never offers them. All of this must hold:
- its address is this machine's own, and the request came from here without a proxy
  (`cocreate.metrics.is_from_here`, asked by whoever shows the offer or takes a press);
- the private file is there that `demo.load()` writes into an empty install, and nothing else does;
- the account is there under the address in that file, is no operator, and still has the password
  that was made for it: nobody has taken it over.
"""

from dataclasses import dataclass
from pathlib import Path

from accounts.models import User
from cocreate.domain import demo_file
from cocreate.domain.demo_file import Account

BRAND, QUESTION = "mio", "fourth-floor"  # whose round takes ideas as well as votes


@dataclass(frozen=True)
class Job:
    """`who`: the key of a persona (demo/content/people.toml), the beginning of their address."""

    key: str
    who: str
    path: str


JOBS = (
    Job("take-part", "member", f"/b/{BRAND}/c/{QUESTION}/"),
    Job("triage", "manager", f"/desk/{BRAND}/"),
    Job("embed", "manager", f"/desk/{BRAND}/embed/"),
)


@dataclass(frozen=True)
class Offer:
    """A job, with the one who does it, and the page of another site where that has one."""

    job: Job
    name: str
    handle: str
    beside: str = ""


def offers(*, folder: Path) -> list[Offer]:
    """One query where there is a demo, none where there is not."""
    accounts = _accounts(folder)
    people = {user.email: user for user in _people(*(one.email for one in accounts.values()))}
    widget = demo_file.widget_of(folder / demo_file.NAME) if people else None
    found = [(job, people.get(accounts[job.who].email)) for job in JOBS if job.who in accounts]
    return [
        Offer(
            job, user.display_name, user.handle,
            f"{widget.origin}/" if widget and job.key == "embed" else "",
        )
        for job, user in found if user
    ]  # fmt: skip


def job_of(key: str) -> Job | None:
    return next((job for job in JOBS if job.key == key), None)


def person_for(job: Job, *, folder: Path) -> User | None:
    """Whose session a press begins. None where the account is gone, or is the demo's no more."""
    account = _accounts(folder).get(job.who)
    user = next(iter(_people(account.email)), None) if account else None
    return user if account and user and user.check_password(account.password) else None


def email_for(job: Job, *, folder: Path) -> str:
    """Of whom a press would sign in; empty where there is no demo."""
    account = _accounts(folder).get(job.who)
    return account.email if account else ""


def _accounts(folder: Path) -> dict[str, Account]:
    """By the keys of the personas."""
    found = demo_file.accounts_of(folder / demo_file.NAME)
    return {account.email.partition("@")[0]: account for account in found}


def _people(*emails: str) -> list[User]:
    if not emails:
        return []
    return list(User.objects.filter(email__in=emails, is_active=True, is_staff=False))
