"""Numbers as people write them."""

import pytest
from django.utils.translation import override

from cocreate.lib.numbers import counted_as, decimal, percent, whole


def test_numbers_are_written_as_the_reader_writes_them():
    assert (whole(1234), decimal(1234.56), decimal(0.4)) == ("1,234", "1,234.6", "0.4")
    assert (percent(0.838), percent(1)) == ("83.8%", "100.0%")
    with override("fr"):
        assert (whole(1234), decimal(1234.56)) == ("1\xa0234", "1\xa0234,6")
        assert percent(0.838) == "83,8\u202f%"


@pytest.mark.parametrize(
    ("number", "form"), [(0, 0), (0.4, 0), (0.96, 1), (1, 1), (1.5, 0), (1.96, 2), (2, 2), (7.4, 7)]
)
def test_a_word_takes_the_form_of_the_number_that_is_shown(number, form):
    assert counted_as(number) == form
