"""pgbench from PostgreSQL's own wheel: what the same SQL does without a web server in front."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

from cocreate.bench.database import CannotBench
from cocreate.bench.site import CLIENTS
from cocreate.embedded import postgres

THREADS = 2
RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
DONE = re.compile(r"^number of transactions actually processed: ([0-9]+)", re.MULTILINE)
PARAMETER = re.compile(r"%\((\w+)\)s")
TYPES = {bool: "boolean", int: "bigint", float: "float8", str: "text"}


@dataclass(frozen=True)
class Pace:
    transactions: int
    per_second: float


def pgbench(script: str, seconds: float, values: dict[str, str] | None = None) -> Pace:
    """Run the script, prepared, by 8 clients. pgbench counts whole seconds."""
    binary = postgres.find_binaries() / "pgbench"
    if not binary.exists():
        raise CannotBench(
            f"There is no pgbench in {binary.parent}: COCREATE_PG_BIN names a folder."
        )
    with TemporaryDirectory(prefix="cocreate-bench-") as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script, encoding="utf-8")
        command = [str(binary), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS)]
        command += ["-T", str(max(1, round(seconds))), "-f", str(path)]
        command += [
            word for name, value in (values or {}).items() for word in ("-D", f"{name}={value}")
        ]
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            command, env=os.environ | _address(), capture_output=True, text=True, check=False
        )
    if done.returncode or "ERROR" in done.stderr:
        wrong = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        raise CannotBench(f"pgbench failed: {(wrong or [done.stderr])[0]}")
    return Pace(int(_found(DONE, done.stdout)), float(_found(RATE, done.stdout)))


def script_of(query: str, values: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """A query of ours, with %(name)s parameters, as pgbench's script and variables.

    NULL stands in the text: pgbench cannot send it as a parameter.
    """

    def replace(match: re.Match[str]) -> str:
        value = values[match[1]]
        return "NULL" if value is None else f":{match[1]}::{TYPES[type(value)]}"

    named = {n: values[n] for n in PARAMETER.findall(query) if values[n] is not None}
    texts = {n: str(v).lower() if isinstance(v, bool) else str(v) for n, v in named.items()}
    return f"{PARAMETER.sub(replace, query)};\n", texts


def _address() -> dict[str, str]:
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    names["NAME"] = "PGDATABASE"
    found = connection.settings_dict
    options = {"PGOPTIONS": settings.WEB_OPTIONS}  # what a web process asks of its connections
    return options | {
        variable: str(found[name]) for name, variable in names.items() if found.get(name)
    }


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise CannotBench(f"pgbench said something unexpected: {text.strip().splitlines()[-1:]}")
    return match[1]
