from typing import Any

from django.core.management.base import CommandParser

from cocreate.management import base
from ideas.models import Comment, Idea

# As deploy/nginx/cocreate.conf reads them out of an address.
NAMED = (("i", Idea), ("c", Comment))


class Command(base.Command):
    help = (
        "Lines for nginx that send everything of a brand elsewhere (deploy/nginx/cocreate.conf). "
        "Without --to they keep it waiting while it moves."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand", metavar="SLUG")
        parser.add_argument(
            "--to",
            metavar="URL",
            type=base.origin,
            help="where it lives now: https://ideas.example",
        )

    def handle(self, *, brand: str, to: str | None, **_options: Any) -> None:
        found, place = base.brand_named(brand), to or "wait"
        for slug in [found.slug, *found.former_slugs.values_list("slug", flat=True)]:
            self.say(f"b:{slug} {place};")
        for letter, model in NAMED:
            codes = model.objects.filter(brand=found).order_by("pk").values_list("code", flat=True)
            for code in codes.iterator():
                self.say(f"{letter}:{code} {place};")
