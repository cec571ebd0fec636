"""What must be true after every fault: I1 to I6, asked of whoever is the primary now."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tools.drill.machines import Machines
from tools.drill.people import People
from tools.drill.servers import Primary, wait_for

SETTLES_WITHIN = 180.0  # a mail whose worker was killed is claimed again after 100 s
VOTES = """
    SELECT i.code, p.external_id, v.value FROM ideas_vote v
      JOIN ideas_idea i ON i.id = v.idea_id JOIN accounts_participant p ON p.id = v.participant_id
"""
TWICE = """
    SELECT idea_id, participant_id FROM ideas_vote GROUP BY 1, 2 HAVING count(*) > 1
"""
DIFFERENCES = """
    SELECT format('%s', d) FROM counter_differences(NULL) d
    UNION ALL SELECT format('%s', d) FROM ledger_differences() d
"""
UNFOLDED = "SELECT count(*) FROM unfolded_events()"
UNTOLD = """
    SELECT (SELECT count(*) FROM accounts_activity WHERE dispatched_at IS NULL)
         + (SELECT count(*) FROM notifications_mail WHERE state IN ('queued', 'sending'))
"""
# Each comment, and how many notices of it the one who follows the idea has.
TOLD = """
    SELECT c.code, count(n.id) FROM ideas_comment c
      JOIN accounts_activity a ON a.kind = 'comment.posted' AND a.data->>'comment' = c.code
      LEFT JOIN notifications_notice n ON n.activity_id = a.id
     GROUP BY c.code
"""
MAILED_TWICE = """
    SELECT notice_id FROM notifications_mail WHERE notice_id IS NOT NULL
     GROUP BY 1 HAVING count(*) > 1
"""


@dataclass
class Truth:
    """`lost`: votes that were acknowledged and are not there, or not so. `wrong`: what breaks I2 to
    I6, in words.
    """

    lost: int = 0
    lost_posts: int = 0
    wrong: list[str] = field(default_factory=list)
    settled_in: float = 0.0
    copies: int = 0  # letters beyond the first of a message, under the same Message-ID


def truth_of(machines: Machines, people: People) -> Truth:
    """While people rest. What was lost is forgotten afterwards, so that it is counted once."""
    found, primary = Truth(), machines.primary
    found.settled_in = wait_for(lambda: is_settled(machines), "tally and mails", SETTLES_WITHIN)
    found.lost = len(words_that_differ(primary, people))
    told = dict(primary.ask(TOLD))
    lost = [code for code in people.posted if code not in told]
    people.posted = [code for code in people.posted if code in told]
    found.lost_posts = len(lost)
    if twice := primary.ask(TWICE):
        found.wrong.append(f"I2: {len(twice)} doubled votes")
    if differences := primary.ask(DIFFERENCES):
        found.wrong.append(f"I3, I4: {differences[:3]}")
    if untold := {code: n for code, n in told.items() if n != 1 and code in people.posted}:
        found.wrong.append(f"I5: a comment was not told once: {untold}")
    if mailed_twice := primary.ask(MAILED_TWICE):
        found.wrong.append(f"I6: {len(mailed_twice)} notices have two mails")
    letters = Counter(letter.id for letter in machines.mail.letters)
    found.copies = letters.total() - len(letters)
    return found


def is_settled(machines: Machines) -> bool:
    machines.pass_time(0)
    primary = machines.primary
    return [*primary.ask(UNFOLDED), *primary.ask(UNTOLD)] == [(0,), (0,)]


def words_that_differ(primary: Primary, people: People) -> list[Any]:
    rows = {(code, who): value for code, who, value in primary.ask(VOTES)}
    differing = [place for place, word in people.last_word.items() if rows.get(place, 0) != word]
    for place in differing:
        del people.last_word[place]
    return differing
