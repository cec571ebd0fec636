from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from cocreate.domain.brands import create_brand
from cocreate.management import base


class Command(base.Command):
    help = "A brand with its permanent challenge `open`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="small letters, digits and -; part of /b/<slug>/")
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="has an account")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default="en")

    def handle(self, *, slug: str, name: str, owner: str, language: str, **options: Any) -> None:
        brand = create_brand(slug=slug, name=name, owner=base.user_named(owner), language=language)
        self.say(f"{brand.name} is at {settings.PUBLIC_URL}/b/{brand.slug}/")
