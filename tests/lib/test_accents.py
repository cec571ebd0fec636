"""A colour of a brand's own: as it is where it can be read, else the nearest that can."""

from itertools import product

import pytest

from cocreate.lib import accents
from cocreate.lib.colour import MODES, contrast, hex_of, of_hex, of_hue

PARTS = ("00", "55", "aa", "ff")
GREYS = ["#000000", "#191919", "#333333", "#777777", "#808080", "#999999", "#cccccc", "#ffffff"]
COLOURS = [f"#{''.join(parts)}" for parts in product(PARTS, repeat=3)]
COLOURS += [*GREYS, "#ffd500", "#e3000b", "#00529f", "#001f5b", "#ff6600"]
NAMES = ("light", "dark")


def shown(colour):
    """As a screen has it: in whole parts of 255."""
    return of_hex(hex_of(colour))


@pytest.mark.parametrize("look", COLOURS)
def test_every_colour_there_is_can_be_used_on_light_and_on_dark_pages(look):
    for name, mode in zip(NAMES, MODES, strict=True):
        one = accents.accents(look)[name]
        accent, on, ink, tint = map(shown, (one.accent, one.on_accent, one.accent_ink, one.tint))
        grounds = [shown(ground) for ground in mode.grounds]
        assert min(contrast(accent, ground) for ground in grounds) >= 3
        assert contrast(accent, on) >= 4.5
        assert min(contrast(ink, ground) for ground in (*grounds, tint)) >= 4.5


def test_a_colour_in_digits_is_the_same_colour():
    assert [hex_of(of_hex(look)) for look in COLOURS] == COLOURS


def test_a_colour_that_can_be_read_stays_as_it_is_to_the_digit():
    for look, name in [("#e3000b", "light"), ("#00529f", "light"), ("#ffd500", "dark")]:
        assert hex_of(accents.accents(look)[name].accent) == look


def test_a_colour_that_cannot_is_moved_in_lightness_alone_and_no_further_than_it_must():
    wanted, moved = of_hex("#ffd500"), accents.accents("#ffd500")["light"].accent
    assert moved[2] == pytest.approx(wanted[2], abs=1)
    assert moved[0] < wanted[0]
    seen = accents.verdicts("#ffd500")[0].shown.seen
    assert 3 <= seen < 3.2


@pytest.mark.parametrize("look", GREYS)
def test_a_grey_has_no_hue_in_any_token(look):
    for one in accents.accents(look).values():
        for colour in (one.accent, one.on_accent, one.accent_ink, one.tint):
            digits = hex_of(colour)
            assert digits[1:3] == digits[3:5] == digits[5:7]


def test_what_is_black_on_light_pages_is_white_on_dark_ones():
    for look in ("#000000", "#ffffff"):
        made = accents.accents(look)
        assert [hex_of(made[name].accent) for name in NAMES] == ["#000000", "#ffffff"]


def test_a_middling_grey_is_moved_a_little_and_not_turned_over():
    for verdict in accents.verdicts("#777777"):
        assert verdict.is_changed
        assert not verdict.is_lost
        assert verdict.shown.colour == "#737373"


def test_only_a_grey_that_the_page_has_already_is_said_to_be_turned_over():
    for look in ("#ffffff", "#eeeeee", "#f5f5f0"):
        light, dark = accents.verdicts(look)
        assert (light.is_turned, light.shown.colour, dark.is_changed) == (True, "#000000", False)
    assert [one.is_turned for one in accents.verdicts("#111111")] == [False, True]
    for look in ("#777777", "#ffd500", "#001f5b"):
        assert not any(one.is_turned for one in accents.verdicts(look))


def test_a_hue_of_ours_looks_as_before():
    light, dark = accents.accents("32").values()
    assert (light.accent, light.accent_ink, light.tint) == (of_hue(54, 30), of_hue(45, 30),
                                                            of_hue(96, 30))  # fmt: skip
    assert (dark.accent, dark.accent_ink, dark.tint) == (of_hue(74, 30), of_hue(84, 30),
                                                         of_hue(29, 30))  # fmt: skip


def test_a_verdict_says_what_was_wrong_and_rounds_no_contrast_up():
    light, dark = accents.verdicts("#ffd500")
    assert (light.wanted.seen, light.is_changed, light.is_lost, light.is_lighter) == (
        1.3, True, True, False,
    )  # fmt: skip
    assert (dark.is_changed, dark.shown.colour) == (False, "#ffd500")
    assert accents.verdicts("#001f5b")[1].is_lighter


@pytest.mark.parametrize("hue", range(0, 360, 10))
def test_a_hue_of_ours_is_never_corrected(hue):
    for verdict in accents.verdicts(str(hue)):
        assert (verdict.is_ours, verdict.is_changed) == (True, False)
        assert verdict.shown.seen >= 3
        assert min(verdict.shown.read, verdict.ink_read) >= 4.5
    assert not accents.verdicts("#ffd500")[0].is_ours


def test_on_pages_of_others_a_colour_of_its_own_can_be_read_and_be_written_on():
    white, black = of_hex("#ffffff"), of_hex("#14110f")
    dark_card = of_hex("#1c1f27")
    for look in COLOURS:
        there = {name: of_hex(text) for name, text in accents.accents_elsewhere(look).items()}
        assert contrast(there["light"], white) >= 4.5
        assert contrast(there["dark"], dark_card) >= 4.5
        assert contrast(there["dark"], black) >= 4.5
