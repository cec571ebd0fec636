"""One step of the outbox in a process of its own, to be killed: `python -m tests.faults.relay STEP`
on the database of the environment.
"""

import os
import sys

import django


def main(step: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
    django.setup()
    from notifications.domain import delivery, digests, fanout  # noqa: PLC0415 - Django first

    print("ready", flush=True)  # noqa: T201 - whoever kills us waits for this
    {"tell": fanout.dispatch, "send": delivery.sweep, "digests": digests.build_due}[step]()


if __name__ == "__main__":
    main(sys.argv[1])
