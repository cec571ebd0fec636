"""A site on several machines, stood up on this one by ports, and killed piece by piece.

`python -m tools.drill`: two web nodes, two workers of each kind, the clock, a PostgreSQL primary
with a streaming standby, a Valkey primary with a replica, nginx in front with the file of deploy/,
and people who vote, read and post without pause. After each fault the invariants of every vote,
notice and mail are checked; at the end a table says what was answered.
"""
