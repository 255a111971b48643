"""`python -m leadgen_api --port 8000`: the API and the pages on loopback, with the settings of the environment."""

import argparse
import sys

import uvicorn

from leadgen.errors import LeadGenError
from leadgen.settings import settings
from leadgen.store.connections import resolve
from leadgen_api.app import create_app

HOST = "127.0.0.1"


def main() -> int:
    """Serves until it is told to stop. Requests are not logged: paths carry sign-in tokens."""
    parser = argparse.ArgumentParser(prog="python -m leadgen_api", description=__doc__)
    parser.add_argument("--port", type=int, default=settings().api_port or 8000)
    port: int = parser.parse_args().port
    try:
        app = create_app(resolve(settings()).api)
    except LeadGenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    uvicorn.run(app, host=HOST, port=port, access_log=False, server_header=False, timeout_graceful_shutdown=5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
