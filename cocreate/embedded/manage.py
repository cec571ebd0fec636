"""`./run manage COMMAND`: on the servers of a running `./run`, else on its own while it lasts."""

import signal
import subprocess
import sys
import time

from cocreate.embedded import environment, places
from cocreate.embedded.claim import Claim
from cocreate.embedded.processes import die_with_parent
from cocreate.embedded.stack import Stack, servers_to_start
from cocreate.lib import locale

# These make the tables, or need none. All others find an empty database migrated.
WITHOUT_TABLES = {
    "migrate",
    "makemigrations",
    "check",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "restore",
}
START_TAKES = 90.0  # seconds a launcher may need until its servers can be used


def manage(arguments: list[str]) -> int:
    locale.compile_catalogues(places.ROOT)
    state = places.var_dir()
    children = environment.for_children(state)
    missing = servers_to_start()
    if not missing or is_for_help(arguments):
        return run_command(arguments, children)
    claim = Claim(state)
    if running := wait_until_started(claim):
        named = {name: value for name, value in children.items() if value}
        return run_command(arguments, {**running, **named})
    with Stack(state, only=missing) as stack:
        children |= stack.environment
        if (
            "postgres" in missing
            and stack.postgres.created
            and not WITHOUT_TABLES & {*arguments[:1]}
        ):
            run_command(["migrate", "--verbosity=0"], children)
        return run_command(arguments, children)


def is_for_help(arguments: list[str]) -> bool:
    """It tells what there is, and looks at nobody's data."""
    return not arguments or arguments[0] == "help" or bool({"--help", "-h"} & {*arguments})


def wait_until_started(claim: Claim) -> dict[str, str] | None:
    """The addresses of a running launcher, or None with the claim taken: servers are ours."""
    give_up = time.monotonic() + START_TAKES
    while (running := claim.environment_of_holder()) == {} and time.monotonic() < give_up:
        time.sleep(0.2)  # it is starting, or it is another command that uses servers of its own
    if not running:
        claim.take(wait=True)
    return running


def run_command(arguments: list[str], children: dict[str, str]) -> int:
    """Run it on our terminal and return its exit code; Ctrl-C is its business alone."""
    command = [sys.executable, environment.manage_py(), *arguments]
    with_us = die_with_parent(signal.SIGTERM)
    process = subprocess.Popen(command, env=children, preexec_fn=with_us)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
        signal.signal(signal.SIGINT, before)
    return 128 - code if code < 0 else code
