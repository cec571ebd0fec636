"""Pages of errors and mails as the site would send them, in each language, with long words in them.
Run as a module on a site; prints HTML by name.
"""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import tests.begin  # noqa: F401 - Django first

# isort: split
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Brand
from notifications.domain.letters import Quote, Words
from notifications.domain.rendering import render
from tests.gallery.pages import ERRORS, MAILS, PRINTED

LONG = "Verein für außergewöhnlich umfangreiche Markennamen und Zusammenarbeit"
TITLE = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
SAID = ["شكراً جزيلاً! هذه فكرة رائعة", "👩‍👩‍👧‍👦 Le toit pèse déjà 80 kg. " * 6]
ADDRESS = "https://ideas.example.org/i/abcdefgh/" + "a-long-address-" * 5


def main() -> dict[str, dict[str, str]]:
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = errors() | mails()
    return found


def errors() -> dict[str, str]:
    context = {
        "error-refused": {"message": _("That is far too long. Make it shorter."), "again": "/"}
    }
    return {
        shot.path.removeprefix(PRINTED): render_to_string(shot.template, context.get(shot.name, {}))
        for shot in ERRORS
    }


def mails() -> dict[str, str]:
    names = (shot.path.removeprefix(f"{PRINTED}mail-") for shot in MAILS)
    return {f"mail-{name}": render(name, words()).html for name in names}


def words() -> dict[str, Any]:
    """Of all mails together."""
    lines = [
        {"headline": f"Camille Morel: {TITLE}", "url": ADDRESS, "quote": SAID[1]},
        {"headline": "Ñandú Pérez 🚲", "url": ADDRESS, "quote": ""},
        {"headline": "سيارة تعطي الظل للمارة", "url": ADDRESS, "quote": SAID[0]},
    ]
    return {
        "brand": Brand(name=LONG), "brand_name": LONG, "inviter": "Łukasz Żółć",
        "from": "Wolfeschlegelsteinhausenbergerdorff-Smit", "title": TITLE, "rank": 3, "days": 7,
        "role": _("Manager"), "key": "cos_abcdef", "why": SAID[1], "code": "K7QX-M2PD",
        "url": ADDRESS, "password_reset_url": ADDRESS, "signup_url": ADDRESS, "desk_url": ADDRESS,
        "inbox_url": ADDRESS, "lines": lines, "more": 4, "count": 7, "email": "p0@example.org",
        "from_email": "p0@example.org", "to_email": f"{'a-name-' * 8}@example.org",
        "timestamp": datetime(2026, 11, 23, 9, tzinfo=UTC), "ip": "2001:db8::1",
        "agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "headline": TITLE,
        "words": Words(_("Read more"), [SAID[1]], Quote(SAID, "محمد الأمين")),
        "unsubscribe_url": ADDRESS, "preferences_url": ADDRESS,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
