"""Texts and moments as people say them."""

from datetime import date, datetime, time, timedelta
from html import unescape

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from cocreate.lib import html
from cocreate.lib.fragments import true_until

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400
TEN_MINUTES = timedelta(minutes=10)
WORDS_UNTIL_DAYS = 14  # older than this a date says more


@register.filter
def markdown(text: str, people: html.People = html.NOBODY) -> SafeString:
    """`people`: whom it names, as web.mentions finds them."""
    return mark_safe(html.render(text, people))  # noqa: S308 - render() ends in the sanitiser


@register.filter
def as_written(text: str, people: html.People = html.NOBODY) -> SafeString:
    """As `markdown`, of a text without any."""
    return mark_safe(html.lines(text, people))  # noqa: S308 - lines() ends in the sanitiser


@register.filter
def excerpt(text: str, length: int = 180) -> str:
    """One line of plain text, without the signs of Markdown."""
    return unescape(html.excerpt(text, length))


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """`<time>` with "3 days ago" in it, and the exact moment for whoever points at it."""
    return in_time_element(moment, time_ago(moment)) if moment else ""


@register.filter
def ago_to_ten_minutes(moment: datetime | None) -> SafeString | str:
    """For what is noted every ten minutes: just after it we know no better."""
    if moment and timezone.now() - moment < TEN_MINUTES:
        true_until(moment + TEN_MINUTES)
        return in_time_element(moment, _("within the last ten minutes"))
    return ago(moment)


@register.filter
def on_day(moment: datetime | None) -> SafeString | str:
    return in_time_element(moment, day(moment)) if moment else ""


@register.filter
def moment(when: datetime | None) -> SafeString | str:
    """ "14 January, 08:00 CET": what somebody compares with their mailbox. As for `clock`."""
    if when is None:
        return ""
    words = f"{day(when)}, {clock_of(when)}"
    return format_html('<time datetime="{}" data-moment>{}</time>', when.isoformat(), words)


@register.filter
def clock(when: datetime | None) -> SafeString | str:
    """ "08:00 CET", which the browser's own clock replaces: many members never chose a zone."""
    if when is None:
        return ""
    return format_html('<time datetime="{}" data-clock>{}</time>', when.isoformat(), clock_of(when))


@register.filter
def calendar_day(when: date | None) -> str:
    """As `day`, for a day of no zone."""
    return day(datetime.combine(when, time.min, timezone.get_current_timezone())) if when else ""


@register.filter
def time_left(moment: datetime | None) -> str:
    """ "3 days left", rounded down; nothing for a span without an end."""
    if moment is None:
        return ""
    seconds = int((moment - timezone.now()).total_seconds())
    if seconds > 0:
        step = _step(seconds)
        whole = seconds // step * step if seconds >= 2 * MINUTE else 1
        true_until(moment - timedelta(seconds=whole))
    if seconds >= DAY:
        return ngettext("%(n)s day left", "%(n)s days left", seconds // DAY) % {"n": seconds // DAY}
    if seconds >= HOUR:
        return ngettext("%(n)s hour left", "%(n)s hours left", seconds // HOUR) % {
            "n": seconds // HOUR
        }
    if seconds > 0:
        minutes = max(1, seconds // MINUTE)
        return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}
    return _("ended")


@register.filter
def time_left_exactly(moment: datetime | None) -> SafeString | str:
    """As time_left, with the end in the reader's zone for whoever points at it."""
    return in_time_element(moment, time_left(moment)) if moment else ""


def in_time_element(moment: datetime, words: str) -> SafeString:
    local = timezone.localtime(moment)
    exact = f"{formats.date_format(local, 'DATETIME_FORMAT')} {zone_name(local)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, words)


def clock_of(when: datetime) -> str:
    local = timezone.localtime(when)
    return f"{formats.date_format(local, 'TIME_FORMAT')} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """ "CET" or "CEST": in autumn an hour comes twice. Many zones have but a number."""
    name = local.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name}"


def time_ago(moment: datetime) -> str:
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < WORDS_UNTIL_DAYS * DAY:
        step = _step(seconds)
        true_until(moment + timedelta(seconds=(max(seconds, 0) // step + 1) * step))
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", seconds // MINUTE) % {
            "n": seconds // MINUTE
        }
    if seconds < DAY:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", seconds // HOUR) % {
            "n": seconds // HOUR
        }
    days = seconds // DAY
    if days < WORDS_UNTIL_DAYS:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return day(moment)


def _step(seconds: int) -> int:
    """After how many seconds other words are said of such a span."""
    return DAY if seconds >= DAY else HOUR if seconds >= HOUR else MINUTE


def day(moment: datetime) -> str:
    """ "14 January", with the year where it is another one. French begins a month with "1er"."""
    local, now = timezone.localtime(moment), timezone.localtime()
    true_until(now.replace(now.year + 1, 1, 1, hour=0, minute=0, second=0, microsecond=0))
    if local.year == now.year:
        pattern = pgettext("date of this year, in the letters of Django's date filter", "j F")
    else:
        pattern = pgettext("date of another year, in the letters of Django's date filter", "j F Y")
    words = formats.date_format(local, pattern)
    return words.replace("1 ", "1er ", 1) if get_language() == "fr" and local.day == 1 else words
