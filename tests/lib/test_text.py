"""Texts as they are stored, and as addresses."""

import sys
import unicodedata

import pytest

from cocreate.lib.text import UNWANTED, slug_of, tidy_text


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Œuvre d’été", "oeuvre-dete"),
        ("Un cœur, UNE ŒUVRE", "un-coeur-une-oeuvre"),
        ("Ærlig Straße in Łódź", "aerlig-strasse-in-lodz"),
        ("Søren và Đà Nẵng", "soren-va-da-nang"),
        ("STRAẞE", "strasse"),
        ("snake_case -- and_ more_", "snake-case-and-more"),
        ("なぜですか？", ""),
        ("لماذا؟", ""),
        ("  ", ""),
    ],
)
def test_an_address_keeps_every_letter_that_latin_has(text, slug):
    assert slug_of(text) == slug


def test_what_is_taken_out_of_texts_is_every_control_sign_but_tabs_and_line_ends():
    signs = [chr(number) for number in range(sys.maxunicode + 1)]
    control = [sign for sign in signs if unicodedata.category(sign) in {"Cc", "Cs"}]
    assert UNWANTED.findall("".join(signs)) == [sign for sign in control if sign not in "\t\n"]


def test_a_text_keeps_its_lines_and_loses_what_cannot_be_stored():
    assert tidy_text("e\u0301te\u0301\x00\r\n\ta\ud800b\rc\x85") == "été\n\tab\nc"
