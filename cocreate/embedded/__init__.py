"""What `./run` is made of: a real PostgreSQL and a real Valkey, and the processes that use them.

`bootstrap` makes the virtual environment (run by path, standard library only), `__main__` reads the
command line, `stack` holds the two servers, `up` and `supervisor` run the site on them, `manage`
runs one command on them, `pytest_plugin` starts throw-away ones for the tests.
"""
