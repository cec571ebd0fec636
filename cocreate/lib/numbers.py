"""Numbers as people write them, in the language they read."""

from django.utils.formats import number_format
from django.utils.translation import pgettext


def whole(number: int) -> str:
    return str(number_format(number, force_grouping=True))


def decimal(number: float, places: int = 1) -> str:
    return str(number_format(round(number, places), decimal_pos=places, force_grouping=True))


def percent(share: float) -> str:
    sign = pgettext("a share; French has a narrow no-break space before the sign", "{number}%")
    return sign.format(number=decimal(100 * share))


def counted_as(number: float, places: int = 1) -> int:
    """The whole number whose form a word takes beside this one, as it is shown: “0.4 views” and
    “1.5 views” are many in English and, as “0,4 vue” and “1,5 vue”, one in French.
    """
    shown = round(number, places)
    return int(shown) if shown >= 2 or shown == int(shown) else 0
