"""What people type, as it can be stored and read."""

import unicodedata

KEPT_CONTROLS = {"\n", "\t"}


def tidy_text(text: str) -> str:
    """Without control characters (PostgreSQL stores no NUL) and without half a surrogate pair."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        c for c in text if c in KEPT_CONTROLS or unicodedata.category(c) not in {"Cc", "Cs"}
    )


def one_line(text: str) -> str:
    """The same with every run of spaces and line ends as one space."""
    return " ".join(tidy_text(text).split())
