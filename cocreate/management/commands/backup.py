from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cocreate.backup import making
from cocreate.management import base

WITHOUT_KEY = (
    "SECRET_KEY is not in it: keep it elsewhere, because keys, tokens and mailboxes are void "
    "without it (--with-secrets puts it in)."
)
WITH_KEY = "SECRET_KEY is in it: whoever reads the file can sign in as anybody."


class Command(base.Command):
    help = "The whole install in one file, database and pictures, while people vote."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--force", action="store_true", help="write over a file that exists")
        secrets = "put SECRET_KEY in; guard the file accordingly"
        parser.add_argument("--with-secrets", action="store_true", help=secrets)

    def handle(self, *, file: Path, force: bool, with_secrets: bool, **_options: Any) -> None:
        made = making.make(file, with_secrets=with_secrets, force=force)
        self.say(f"{file}: {made.bytes:,} bytes, the database and {made.pictures} pictures.")
        self.say(WITH_KEY if with_secrets else WITHOUT_KEY)
