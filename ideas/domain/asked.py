"""What somebody asks a list for, read from the texts of an address: the same on pages and in the
API. A page leaves out what it cannot use and says so; the API refuses it.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Brand, Participant
from cocreate.lib import prepared
from cocreate.lib.text import one_line
from ideas.domain.narrowing import Filters
from ideas.domain.search import LONGEST_SEARCH
from ideas.domain.statuses import graph_of
from ideas.models import Idea
from ideas.models.idea import TAG_LENGTH

# By the index of the labels beside an idea's words (ideas/sql/search.sql).
IS_SPOKEN = """
    SELECT EXISTS (SELECT FROM ideas_searchable w JOIN ideas_idea i ON i.id = w.idea_id
                    WHERE w.brand_id = %(brand)s::bigint AND w.words @@ %(label)s::tsquery
                      AND i.language = %(language)s AND NOT i.hidden AND i.merged_into_id IS NULL)
"""
NAMES = ("q", "tag", "status", "language", "author", "since", "until")

LANGUAGE = re.compile(r"[a-z]{2,3}")

Problems = dict[str, tuple[str, str]]


def filters_from(brand: Brand, sent: Mapping[str, str]) -> tuple[Filters, Problems]:
    """What can be used, and (code, sentence) for each name that cannot."""
    problems: Problems = {}
    text = sent.get("q", "")
    if len(text) > LONGEST_SEARCH:
        message = _("Search with at most {n} characters.").format(n=LONGEST_SEARCH)
        problems["q"], text = ("too_long", message), ""
    since = _day(sent, "since", problems)
    until = _day(sent, "until", problems)
    if since and until and since > until:
        problems["until"] = ("too_early", _("The last day is before the first one."))
        until = None
    return Filters(
        text=one_line(text),
        tag=one_line(sent.get("tag", "")).lower()[:TAG_LENGTH],
        status=_status(brand, sent.get("status", ""), problems),
        language=_language(brand, sent.get("language", ""), problems),
        author=_author(brand, sent.get("author", ""), problems),
        since=_begin(since) if since else None,
        until=_begin(until + timedelta(days=1)) if until else None,
    ), problems


def author_named(brand: Brand, handle: str) -> Participant | None:
    """Whoever of this handle has an idea listed at the brand. Of others nobody learns here that
    they take part; and never by ref, under which the ledger keeps what people vote.
    """
    listed = Idea.objects.listed().filter(author=OuterRef("pk"))
    people = Participant.objects.filter(Exists(listed), brand=brand)
    return people.filter(user__handle=handle.lower()).first()


def languages_of(brand: Brand, asked: str = "") -> dict[str, str]:
    """Those people write in, by code, the brand's own where it has chosen some; and the one that is
    `asked` for: ideas from elsewhere keep theirs.
    """
    names = {code: _(str(name)) for code, name in settings.LANGUAGES}
    own = brand.languages or list(names)
    also = [asked] if asked and asked not in own else []
    return {code: names.get(code) or _name_of(code) for code in [*own, *also]}


def _name_of(code: str) -> str:
    return _(LANG_INFO[code]["name"]) if "name" in LANG_INFO.get(code, {}) else code


def _status(brand: Brand, text: str, problems: Problems) -> str:
    if not text:
        return ""
    known = graph_of(brand).steps
    if text in known:
        return text
    message = _("Choose one of these: {choices}.").format(choices=", ".join(known))
    problems["status"] = ("invalid_choice", message)
    return ""


def _language(brand: Brand, text: str, problems: Problems) -> str:
    known = languages_of(brand)
    if not text or text in known or _is_spoken(brand, text):
        return text
    message = _("Choose one of these: {choices}.").format(choices=", ".join(known))
    problems["language"] = ("invalid_choice", message)
    return ""


def _is_spoken(brand: Brand, language: str) -> bool:
    """Whether an idea that is shown is in it: an import brings whatever its file says."""
    if not LANGUAGE.fullmatch(language):
        return False
    known = {"brand": brand.pk, "label": f"'@{language}'", "language": language}
    row = prepared.one(IS_SPOKEN, known)
    return bool(row and row[0])


def _author(brand: Brand, text: str, problems: Problems) -> int | None:
    if not text:
        return None
    found = author_named(brand, one_line(text).removeprefix("@"))
    if found is None:
        problems["author"] = ("unknown", _("Nobody of this name has posted here."))
        return None
    return int(found.pk)


def _day(sent: Mapping[str, str], name: str, problems: Problems) -> date | None:
    text = sent.get(name, "")
    if not text:
        return None
    try:
        if re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    problems[name] = ("invalid", _("Write a day as 2026-05-31."))
    return None


def _begin(day: date) -> datetime:
    """Its first moment where the reader lives."""
    return timezone.make_aware(datetime.combine(day, time.min))
