"""Whom a text names."""

import pytest

from notifications.domain.mentions import handles_in


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@zoe what do you think?", ["zoe"]),
        ("(@zoe), **@lea-b** and _@max_m_!", ["zoe", "lea-b", "max_m"]),
        ("@Zoe and @zoe", ["zoe"]),
        ("first line\n\n> quoted @zoe\n\n- @lea", ["zoe", "lea"]),
        ("zoe@example.org, a.b@zoe, /@zoe, @@zoe", []),
        ("`@zoe` and\n\n```\n@lea\n```\n\n    @max", []),
        ("@zoé @-zoe @", []),
        (" ".join(f"@p{n}" for n in range(500)), [f"p{n}" for n in range(10)]),
        ("@" + "a" * 31, []),
    ],
)
def test_handles_are_found_where_a_reader_would_see_a_name(text: str, named: list[str]):
    assert handles_in(text) == named
