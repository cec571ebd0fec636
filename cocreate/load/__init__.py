"""Made-up data in any size, for measuring: `./run manage generate_load` (docs/load.md).

`plan` decides how many of what, `words` what people say, `tables` lays indexes aside and makes them
again, `rows` and `votes` fill; `filling` is all of it in one transaction.
"""
