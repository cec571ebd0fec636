#!/usr/bin/env python
"""Django's command line. `./run manage …` calls it with the servers in place."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
    from cocreate.management.overview import CommandLine  # noqa: PLC0415 - settings first

    CommandLine(sys.argv).execute()


if __name__ == "__main__":
    main()
