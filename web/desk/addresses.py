"""Addresses that somebody typed or pasted: what can be read is kept, the rest is named by line."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cocreate.lib.mailboxes import mailbox_key

SEPARATORS = re.compile(r"[\s,;]+")
AROUND = "<>()[]\"'“”‘’«».:"
LONGEST_SHOWN = 80
LONGEST_EMAIL = 254


@dataclass
class Pasted:
    """`emails` in order, each mailbox once; `problems` as sentences; `left` is the text that stays
    in the field.
    """

    emails: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def keep(self, text: str, problem: str) -> None:
        self.left.append(text)
        self.problems.append(problem)


def read_addresses(text: str, most_lines: int) -> Pasted:
    """One or more addresses a line, with names around them or not. Too many lines: none is read."""
    found, seen = Pasted(), set[str]()
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > most_lines:
        found.left = [line for _n, line in lines]
        found.problems = [
            ngettext(
                "Send %(most)s line at a time; these are %(n)s.",
                "Send %(most)s lines at a time; these are %(n)s.",
                most_lines,
            )
            % {"most": most_lines, "n": len(lines)}
        ]
        return found
    for n, line in lines:
        emails = _emails_in(line)
        if not emails:
            words = {"n": n, "text": line[:LONGEST_SHOWN]}
            found.keep(line, _("Line %(n)s: “%(text)s” is no e-mail address.") % words)
        for email in emails:
            mailbox = mailbox_key(email)
            if mailbox not in seen:
                seen.add(mailbox)
                found.emails.append(email)
    return found


def _emails_in(line: str) -> list[str]:
    """All addresses of a line; none where one of them is broken: the line stays whole."""
    words = [word.strip(AROUND) for word in SEPARATORS.split(line) if "@" in word]
    return words if words and all(map(_is_email, words)) else []


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_EMAIL
