"""Whom a text names."""

import pytest

from notifications.domain.mentions import handles_in, handles_in_lines


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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Zoe, `@lea`\n    @max and @zoe", ["zoe", "lea", "max"]),
        ("_@zoe_ https://a.example/?to=@lea zoe@example.org", []),
        ("https://a.example:99999/?to=@lea", ["lea"]),
        (" ".join(f"@p{n}" for n in range(500)), [f"p{n}" for n in range(10)]),
    ],
)
def test_in_a_text_without_markdown_a_sign_of_it_is_one_like_any_other(text, named):
    assert handles_in_lines(text) == named
