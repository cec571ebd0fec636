"""What other products took for the same, as constants: measured once, at another hour.

Two cores (AMD EPYC), Debian 12, PostgreSQL 15, synchronous_commit on, the load generator on the
same cores. Fider at commit 67c52826 (Go; its page renderer replaced by a stub, JSON unaffected),
Quackback at d28a2c139 (bun, production build). Milliseconds of CPU are those of the server and of
PostgreSQL together; a rate is by eight clients.
"""

FIDER_LIST_PER_SECOND = 285.0  # 20 ideas in all
FIDER_LIST_CPU_MS = 6.5
FIDER_LIST_MS = {5_000: 208.0, 50_000: 1_640.0}  # p50, one client, its order by votes
FIDER_VOTES_PER_SECOND = {20: 398.0, 5_000: 91.0, 50_000: 14.0}
FIDER_VOTE_CPU_MS = {20: 4.5, 5_000: 17.0, 50_000: 114.9}

QUACKBACK_BOARDS_PER_SECOND = {20: 32.0, 50_000: 4.3}
QUACKBACK_BOARD_CPU_MS = {20: 27.0, 50_000: 190.0}
QUACKBACK_IDEAS_PER_SECOND = 26.0
QUACKBACK_VOTE_CPU_MS = 22.0
QUACKBACK_RESIDENT_MB = 520.0  # the least that was seen
