"""The benchmarks behind `./run manage bench`: our figure beside its yardstick, in the same minute.

Absolute rates move with whatever else a machine does, so each round measures the yardstick (pgbench
with the same SQL) and then every road through the real server, and only ratios within a round are
judged. No verdict is given where the yardstick itself varied by more than 2 times.
"""
