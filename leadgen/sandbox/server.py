"""Runs the sandbox on a loopback port: `python -m leadgen.sandbox.server --port 8100 --seed 1 --prospects 60`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from leadgen.domain.geo import Point
from leadgen.sandbox.app import create_app
from leadgen.sandbox.errors import WorldError
from leadgen.sandbox.loaded import load_world
from leadgen.sandbox.made import make_world
from leadgen.sandbox.mail_server import MailPorts
from leadgen.sandbox.world import World

HOST = "127.0.0.1"
KEEP_ALIVE_SECONDS = 120  # longer than any client keeps an idle connection: we never close one that is about to be used


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes or loads the world, serves it until stopped. Prints one line when it is ready."""
    options = _parser().parse_args(arguments)
    try:
        world = _world(options)
    except WorldError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    server = _Server(
        uvicorn.Config(
            create_app(world, mail=MailPorts(options.smtp_port, options.imap_port)),
            host=HOST,
            port=options.port,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        ),
        f"sandbox ready on http://{HOST}:{options.port} (seed {world.seed}, {len(world.businesses)} businesses)\n",
    )
    server.run()
    return 0


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, *arguments: object, **options: object) -> None:
        await super().startup(*arguments, **options)  # type: ignore[arg-type]
        if self.started:
            sys.stdout.write(self._greeting)
            sys.stdout.flush()


def _world(options: argparse.Namespace) -> World:
    if options.world:
        return load_world(
            options.world,
            seed=options.seed,
            category=options.business,
            near=options.near,
            radius_miles=options.radius_miles,
            prospects=options.prospects,
        )
    return make_world(
        seed=options.seed,
        prospects=60 if options.prospects is None else options.prospects,
        category=options.business or "dentists",
        radius_miles=options.radius_miles,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m leadgen.sandbox.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, help="where mailboxes send from; 0: any free port (default: nowhere)")
    parser.add_argument("--imap-port", type=int, help="where mailboxes are read, the same way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--prospects", type=int, help="how many businesses the campaign can find (default: 60, or all of the file's)"
    )
    parser.add_argument("--world", type=Path, help="CSV of real listings, instead of a made-up world")
    parser.add_argument("--business", help="what the campaign looks for (default: dentists, or the file's commonest)")
    parser.add_argument("--near", type=_point, help="LAT,LON of the campaign's center, in a file's world")
    parser.add_argument("--radius-miles", type=float, default=15.0)
    return parser


def _point(text: str) -> Point:
    latitude, _, longitude = text.partition(",")
    return Point(float(latitude), float(longitude))


if __name__ == "__main__":
    sys.exit(main())
