"""Texts as they are stored, and as addresses."""

import pytest

from cocreate.lib.text import slug_of


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
