"""pgbench from PostgreSQL's own wheel: what the same SQL does without a web server in front."""

import json
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
        return "NULL" if value is None else f":{match[1]}::{_type_of(value)}"

    named = {n: values[n] for n in PARAMETER.findall(query) if values[n] is not None}
    return f"{PARAMETER.sub(replace, query)};\n", {n: _text_of(v) for n, v in named.items()}


def script_of_all(sent: list[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, str]]:
    """Several statements as one script of pgbench, each with values of its own."""
    texts: list[str] = []
    named: dict[str, str] = {}
    for number, (query, values) in enumerate(sent):
        numbered = PARAMETER.sub(rf"%(s{number}_\1)s", query)
        text, own = script_of(numbered, {f"s{number}_{name}": v for name, v in values.items()})
        texts.append(text)
        named |= own
    return "".join(texts), named


def _type_of(value: Any) -> str:
    if isinstance(value, list):
        return f"{TYPES[type(value[0])] if value else 'text'}[]"
    return TYPES[type(value)]


def _text_of(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ",".join(json.dumps(each, ensure_ascii=False) for each in value) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


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
