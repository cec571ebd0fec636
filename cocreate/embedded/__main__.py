"""The command line of `./run`, in the environment that bootstrap has made."""

import argparse
import signal
import sys
from types import FrameType

from cocreate.embedded.manage import manage
from cocreate.embedded.processes import Refused
from cocreate.embedded.up import up

EPILOG = (
    "./run test [ARGUMENTS OF PYTEST] runs the tests, ./run manage COMMAND one command of the site."
)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, interrupt)
    try:
        if arguments[:1] == ["manage"]:
            return manage(arguments[1:])
        options = parser().parse_args(arguments[1:] if arguments[:1] == ["up"] else arguments)
        return up(options.host, options.port, demo=options.demo)
    except Refused as refusal:
        print(f"run: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "./run", description="Starts the site and all it needs.", epilog=EPILOG
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (8000)")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="do not load the demo")
    return parser


def interrupt(number: int, frame: FrameType | None) -> None:
    """A polite end while things start or stop is the same as Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
