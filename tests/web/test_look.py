"""Colours that can be read at every hue, names as letters, drawings, moments in words."""

import re
from datetime import UTC, datetime, timedelta
from operator import mul
from pathlib import Path

import pytest
import time_machine
from django.utils import translation

from cocreate.lib.accents import accents_elsewhere
from cocreate.lib.colour import contrast, hex_of, in_gamut, largest_chroma, luminance
from tools import make_look
from web.templatetags.look import cover, hue_class, initials, look_class, own_sheet
from web.templatetags.words import ago, day, excerpt, markdown, time_left

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
OKLCH = r"oklch\(((?:[^()]|\([^)]*\))*)\)"
PAIR = re.compile(rf"--([\w-]+): light-dark\({OKLCH}, {OKLCH}\)")
HUES = range(0, 360, make_look.STEP)
LIGHT, DARK = 0, 1
READ = [
    ("on-accent", "accent"),
    *(
        (ink, ground)
        for ink in ("accent-ink", "ink", "soft")
        for ground in ("paper", "sheet", "tint")
    ),
    ("soft", "sunk"),
    ("paper", "ink"),
    *((name, f"{name}-tint") for name in ("leaf", "sky", "amber", "rose")),
]
SEEN = [("accent", "paper"), ("accent", "sheet"), ("edge", "sheet"), ("edge", "paper")]


def tokens(hue):
    """Name to (light, dark) colour, as the style sheet gives them for a hue."""
    text = (CSS / "tokens.css").read_text()
    return {
        name: (colour(light, hue), colour(dark, hue)) for name, light, dark in PAIR.findall(text)
    }


def colour(text, hue):
    lightness, chroma, angle = text.split()[:3]
    light = float(lightness.rstrip("%")) / 100
    if found := re.fullmatch(r"var\(--c(\d+)\)", chroma):
        wanted = make_look.WANTED_CHROMA[int(found[1])]
        return light, largest_chroma(light, hue, wanted), hue
    return light, float(chroma), hue if angle.startswith("var") else float(angle)


@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_can_be_read_and_shown(hue, mode):
    known = {name: pair[mode] for name, pair in tokens(hue).items()}
    assert len(known) == 19
    assert [name for name, value in known.items() if not in_gamut(value, 0.002)] == []
    assert [pair for pair in READ if contrast(known[pair[0]], known[pair[1]]) < 4.5] == []
    assert [pair for pair in SEEN if contrast(known[pair[0]], known[pair[1]]) < 3] == []


def test_the_committed_hues_are_those_of_the_script():
    assert make_look.hues() in (CSS / "hues.css").read_text()


@pytest.mark.parametrize(
    ("hue", "css_class"), [(0, "hue-0"), (32, "hue-30"), (36, "hue-40"), (360, "hue-0")]
)
def test_a_hue_is_the_nearest_class(hue, css_class):
    assert hue_class(hue) == css_class


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Camille Morel", "CM"),
        ("Ida", "I"),
        ("李小龍", "李"),
        ("🚲 Bike Anna", "BA"),
        ("Œdipe", "Œ"),
        ("🎉", "🎉"),
        ("", "·"),
        ("<b> 1", "1"),
    ],
)
def test_a_name_becomes_letters(name, letters):
    assert initials(name) == letters


def test_a_look_is_a_hue_or_a_colour_of_its_own():
    assert look_class("32") == "hue-30"
    assert look_class("#ffd500") == "hue-90 own-ffd500"
    assert look_class("#777777").endswith(" own-777777 grey")
    assert own_sheet("32") == ""
    assert own_sheet("#ffd500") == '<link rel="stylesheet" href="/colours/1/ffd500.css">'


def test_a_cover_is_always_the_same_and_not_everybodys():
    assert cover("k3v9", 30) == cover("k3v9", 30)
    assert len({cover(f"code{n}", 30) for n in range(50)}) > 45
    assert "style=" not in cover("k3v9", 30)


NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=14), "6 May"),
        (timedelta(days=400), "15 April 2025"),
    ],
)
def test_a_moment_is_said_in_words(back, words):
    with time_machine.travel(NOW, tick=False):
        assert f">{words}</time>" in ago(NOW - back)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=3, hours=5), "3 days left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(seconds=20), "1 minute left"),
        (-timedelta(seconds=1), "ended"),
    ],
)
def test_time_left_is_rounded_down(ahead, words):
    with time_machine.travel(NOW, tick=False):
        assert time_left(NOW + ahead) == words


def test_a_french_month_begins_with_premier():
    with time_machine.travel(NOW, tick=False), translation.override("fr"):
        assert day(datetime(2026, 5, 1, 12, tzinfo=UTC)) == "1er mai"
        assert day(datetime(2025, 12, 21, 12, tzinfo=UTC)) == "21 décembre 2025"


def test_no_moment_is_no_words():
    assert (ago(None), time_left(None)) == ("", "")


def test_text_is_rendered_without_markup_of_its_own():
    assert markdown("**a** <script>") == "<p><strong>a</strong> &lt;script&gt;</p>\n"
    assert excerpt('**a** "b" & <c>') == 'a "b" & <c>'


def luminance_of(text):
    """Of #rrggbb, by the formula of WCAG 2.2."""
    parts = [int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(map(mul, (0.2126, 0.7152, 0.0722), linear))


def ratio(one, other):
    darker, lighter = sorted([luminance_of(one), luminance_of(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_a_colour_in_hexadecimal_is_the_same_colour():
    for colour in [(1, 0, 0), (0.54, 0.15, 30), (0.74, 0.1, 200)]:
        assert luminance_of(hex_of(colour)) == pytest.approx(luminance(colour), abs=0.006)


@pytest.mark.parametrize("hue", HUES)
def test_on_other_pages_the_accent_of_every_hue_can_be_read_and_be_written_on(hue):
    script = (CSS.parent / "embed" / "cocreate.js").read_text()
    accents, grounds = accents_elsewhere(str(hue)), {"light": "#ffffff", "dark": "#1c1f27"}
    words = {"light": "#ffffff", "dark": "#14110f"}
    assert "light-dark(#fff, #1c1f27)" in script
    assert "light-dark(#fff, #14110f)" in script
    for mode, accent in accents.items():
        assert ratio(accent, grounds[mode]) >= 4.5
        assert ratio(accent, words[mode]) >= 4.5
