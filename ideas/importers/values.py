"""What a cell says. Each reader raises ValueError where it says nothing that we understand."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

LARGEST_COUNT = 100_000_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
ISO = "iso"
# As strptime() reads them, by what stands first; the label says it to people.
FORMATS_OF = {
    ISO: [ISO],
    "day": [f"%d{sign}%m{sign}%Y" for sign in "/.-"],
    "month": [f"%m{sign}%d{sign}%Y" for sign in "/-"],
    "year": [f"%Y{sign}%m{sign}%d" for sign in "/."],
}
FORMATS = [name for names in FORMATS_OF.values() for name in names]
# As many of its parts as a cell says: one column may hold dates with a time and without.
TIMES = ("", " %H", " %H:%M", " %H:%M:%S")
DAY_OF = {f"{name}{time}": name for name in FORMATS if name != ISO for time in TIMES}
ORDERS = {
    ISO: _("2025-03-31, with or without a time"),
    "day": _("31/03/2025, day first"),
    "month": _("03/31/2025, month first"),
    "year": _("2025/03/31, year first"),
}
FALSE = {"", "0", "f", "false", "n", "no", "non", "faux", "nein", "falso"}
TIME_SIGN = re.compile(r"(?<=\d)T(?=\d)")
ENDINGS = re.compile(r"(?<=\w{3})[es]+$")
THREE_LETTERS = re.compile(r"[a-z]{3}")
ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv "
    "cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr "
    "ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw "
    "ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq "
    "sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh "
    "yi yo za zh zu"
)
TWO_LETTERS = frozenset(ISO_639_1.split())
GROUPED = re.compile(r"\d{1,3}([  \u202f,.'’]\d{3})+$")


def date_of(text: str, date_format: str) -> datetime:
    """With a time or without, unless somebody wrote a format of their own. A time without a zone is
    taken as UTC.
    """
    if date_format == ISO:
        at = datetime.fromisoformat(text.strip())
    elif date_format in DAY_OF:
        form = DAY_OF[date_format] + _time_in(text)
        at = datetime.strptime(_spaced(text), form)  # noqa: DTZ007 - below
    else:
        at = datetime.strptime(" ".join(text.split()), date_format)  # noqa: DTZ007 - next line
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _spaced(text: str) -> str:
    return TIME_SIGN.sub(" ", " ".join(text.split()))


def _time_in(text: str) -> str:
    """Which of TIMES it would be, if it is one."""
    said = _spaced(text)
    return TIMES[min((" " in said) + said.count(":"), len(TIMES) - 1)]


def formats_of(samples: Iterable[str], order: str = "") -> list[str]:
    """The formats that most of these dates are written in, if that is more than half; two where
    day and month are not told apart. `order`: only those of it (FORMATS_OF). Each with the longest
    time that stands in them.
    """
    dates = list(samples)
    among = FORMATS_OF.get(order, FORMATS)
    fits = {name: sum(_reads(text, name) for text in dates) for name in among}
    best = max(fits.values())
    found = [name for name, count in fits.items() if count == best and 2 * best > len(dates)]
    return [name + _longest_time(dates, name) for name in found]


def _longest_time(dates: list[str], name: str) -> str:
    if name == ISO:
        return ""
    return max((_time_in(text) for text in dates if _reads(text, name)), key=len)


def _reads(text: str, date_format: str) -> bool:
    try:
        date_of(text, date_format)
    except ValueError:
        return False
    return True


def order_of(date_format: str) -> str:
    """Which of ORDERS a format is; empty for one that somebody wrote themselves."""
    name = DAY_OF.get(date_format, date_format)
    return next((order for order, names in FORMATS_OF.items() if name in names), "")


def count_of(text: str) -> int:
    """Nothing is none. Groups of three digits may stand apart, and a fraction of zeros is none."""
    text = text.strip()
    if not text:
        return 0
    if GROUPED.fullmatch(text):
        text = re.sub(r"\D", "", text)
    text = re.sub(r"[.,]0+$", "", text)
    if not (text.isascii() and text.isdigit()) or int(text) > LARGEST_COUNT:
        raise ValueError(text)
    return int(text)


def is_said(text: str) -> bool:
    """Whether a cell says yes, or anything but no: a date, a reason."""
    return text.strip().lower() not in FALSE


def is_language(code: str) -> bool:
    """Whether a language may have this code: of two letters they are all known (ISO 639-1)."""
    return code in TWO_LETTERS if len(code) == 2 else bool(THREE_LETTERS.fullmatch(code))


def stem_of(name: str) -> str:
    """What a name is known by however it is written: without case and accents, and each word
    without the endings of its gender and number: “Prévu” and “PREVUES” are one.
    """
    letters = unicodedata.normalize("NFKD", name.casefold().replace("_", " "))
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(ENDINGS.sub("", word) for word in plain.split())


def only_meanings(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each name means, where it means one thing alone."""
    meanings: dict[str, set[str]] = {}
    for name, meaning in named:
        meanings.setdefault(name, set()).add(meaning)
    return {name: next(iter(found)) for name, found in meanings.items() if len(found) == 1}


def words_of(text: str) -> list[str]:
    """A list in one cell."""
    return [word for part in re.split(r"[,;|]", text) if (word := " ".join(part.split()))]
