from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cocreate.management import base, table
from cocreate.move import arriving
from cocreate.move.arriving import Arrived

OTHER_KEY = (
    "This install's SECRET_KEY is another than the old one's: {keys} keys ended, make new ones; "
    "{claims} people whom keys had named by an address will be new ones when named again."
)


class Command(base.Command):
    help = (
        "Take in a brand that another install exported (export_brand), of the same version: its "
        "people, ideas, votes and pictures, in one transaction, while this site runs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--slug", default="", help="another address than the one it had")
        passwords = "believe the hashes of passwords in it: where both installs are yours"
        parser.add_argument("--with-passwords", action="store_true", help=passwords)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")

    def handle(
        self, *, file: Path, slug: str, dry_run: bool, with_passwords: bool, **_options: Any
    ) -> None:
        done = arriving.arrive(
            file, slug=slug, rehearse=dry_run, say=self.say, with_passwords=with_passwords
        )
        self.tell(done)
        if dry_run:
            self.say("Nothing was written.")
            return
        differences = arriving.settle()
        rows = [(row.what, row.where, row.stored, row.truth) for row in differences[:50]]
        for line in table.lines(("what", "where", "stored", "should be"), rows):
            self.say(line)
        if differences:
            raise base.Refused(f"It is here, and {len(differences)} differ: verify_tallies.")
        self.say(f"It is here at /b/{done.brand.slug}/, and every counter is what the votes say.")

    def tell(self, done: Arrived) -> None:
        self.say(
            f"{done.rows['ideas_idea']:,} ideas, {done.rows['ideas_vote']:,} votes, "
            f"{done.rows['ideas_comment']:,} comments, {done.pictures:,} pictures; "
            f"{done.new_people:,} new accounts, {done.known_people:,} who were here already."
        )
        for old, new in done.renamed:
            self.say(f"The handle {old} is not to be had here: theirs is {new} now.")
        for slug in done.left_out:
            self.say(f"The former address /b/{slug}/ is or was another brand's here: left out.")
        if not done.same_key:
            self.say(OTHER_KEY.format(keys=done.keys, claims=done.claims))
