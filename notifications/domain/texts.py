"""What a notice says and where it leads: made when it is read, in the reader's language."""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import keys
from accounts.models import Activity
from ideas.models import Idea
from notifications.models import Notice

LONGEST_QUOTE, LONGEST_NAME = 120, 60
WORD_JOINER = "\u2060"
INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
KEPT = "\u200d"  # it joins emoji and letters of several scripts
# Where mail programs see an address: a dot between letters, the end of a scheme, an at sign.
LINK_SEAM = re.compile(r"(?<=\w)\.(?=\w)|:(?=//)|@")


def headline(notice: Notice) -> str:
    """One sentence of plain text; it may quote what somebody wrote: escape it where it is shown."""
    tell = HEADLINES.get(notice.activity.kind)
    return tell(notice.activity) if tell else _("Something happened.")


def url(notice: Notice) -> str:
    """The path of what the notice is about."""
    activity = notice.activity
    if activity.subject_kind == "idea":
        return idea_path(activity.subject_code, title_in(activity))
    page = DESK_PAGES.get(activity.kind, "") if activity.brand else ""
    return desk_path(activity) + page


def idea_path(code: str, title: str) -> str:
    """The code finds the idea; the words after it are for people and may be of an older title."""
    return f"/i/{code}/{Idea(title=title).slug}/"


def desk_path(activity: Activity) -> str:
    return f"/desk/{activity.brand.slug}/" if activity.brand else "/me/"


def absolute(address: str) -> str:
    """On our own public address, whatever host a request claimed to come to."""
    parts = urlsplit(address)
    return settings.PUBLIC_URL + parts._replace(scheme="", netloc="").geturl()


def title_in(activity: Activity) -> str:
    return str(activity.data.get("title", ""))


def one_line(text: str, length: int) -> str:
    """No line break, no control, no invisible or direction-changing character; cut at a word."""
    text = "".join(" " if unicodedata.category(c) in INVISIBLE and c != KEPT else c for c in text)
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def unlinked(text: str, length: int = LONGEST_QUOTE) -> str:
    """What somebody wrote, as one line in which no mail program finds an address to click."""
    return LINK_SEAM.sub(lambda seam: f"{seam[0]}{WORD_JOINER}", one_line(text, length))


def _idea_top(activity: Activity) -> str:
    words = {
        "title": one_line(title_in(activity), LONGEST_QUOTE),
        "rank": activity.data.get("rank", ""),
        "brand": activity.brand.name if activity.brand else "",
    }
    return _("“%(title)s” rose to place %(rank)s at %(brand)s.") % words


def _key_revoked(activity: Activity) -> str:
    words = {"key": key_name(activity), "why": why_revoked(activity)}
    return _("The key %(key)s works no more: %(why)s") % words


def _key_leaked(activity: Activity) -> str:
    words = {"key": key_name(activity), "brand": _brand_name(activity)}
    return _("The key %(key)s of %(brand)s stood in an address: replace it.") % words


def _handed_over(activity: Activity) -> str:
    return _("%(brand)s is yours.") % {"brand": _brand_name(activity)}


def key_name(activity: Activity) -> str:
    """Its beginning, and the name that the team gave it."""
    name = unlinked(str(activity.data.get("name", "")), LONGEST_NAME)
    return f"{activity.subject_code}… ({name})" if name else f"{activity.subject_code}…"


def why_revoked(activity: Activity) -> str:
    """A sentence; empty where somebody did it by hand."""
    sentence = WHY_REVOKED.get(str(activity.data.get("reason", "")))
    return str(sentence) if sentence else ""


def _brand_name(activity: Activity) -> str:
    return activity.brand.name if activity.brand else ""


WHY_REVOKED: dict[str, Promise] = {
    keys.LEFT: gettext_lazy("who made it has left the team."),
    keys.REMOVED: gettext_lazy("who made it was removed from the team."),
    keys.DEMOTED: gettext_lazy("who made it is an analyst now."),
    keys.DEACTIVATED: gettext_lazy("the account that made it was closed."),
    keys.ERASED: gettext_lazy("the account that made it was deleted."),
}
DESK_PAGES = {"key.revoked": "keys/", "key.leaked": "keys/", "brand.handed_over": "team/"}
HEADLINES: dict[str, Callable[[Activity], str]] = {
    "brand.handed_over": _handed_over,
    "key.leaked": _key_leaked,
    "key.revoked": _key_revoked,
    "idea.top": _idea_top,
}
