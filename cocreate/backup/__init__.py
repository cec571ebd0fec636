"""An install in one file and back (docs/operations.md, docs/decisions/0030).

`programs` finds PostgreSQL's own tools, `archive` knows the file, `making` writes one, `restoring`
puts one back.
"""
