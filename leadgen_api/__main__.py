"""`python -m leadgen_api --port 8000`: the API and the pages on loopback, with the settings of the environment."""

import argparse
import sys

import uvicorn

from leadgen.errors import LeadGenError
from leadgen.settings import settings
from leadgen.store.connections import connect, resolve
from leadgen_api.app import create_app

HOST = "127.0.0.1"


def main() -> int:
    """Serves until it is told to stop. Requests are not logged: paths carry sign-in tokens."""
    parser = argparse.ArgumentParser(prog="python -m leadgen_api", description=__doc__)
    parser.add_argument("--port", type=int, default=settings().api_port or 8000)
    port: int = parser.parse_args().port
    try:
        url = resolve(settings()).api
        connect(url).close()  # what is wrong with it is told in a sentence, not in a traceback
    except LeadGenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    uvicorn.run(
        create_app(url), host=HOST, port=port, access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
