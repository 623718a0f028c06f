"""``python -m serving``: serve the model of ``endpoints.yml`` over our channel.

Run in the bot environment from the bot folder, in place of ``rasa run``.
"""

import argparse
import logging
import os
import sys

from serving import seams
from serving.imports import travel_light


def main() -> int:
    """Serve until a signal; exit code 1 if the configuration is not usable."""
    options = _options()
    seams.check_version()
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"), stream=sys.stderr)
    travel_light()
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.log_utils import configure_structlog

    from serving.server import make_app

    # Rasa's debug lines quote visitors; they are not even built.
    configure_structlog(logging.WARNING)
    endpoints = AvailableEndpoints.read_endpoints(options.endpoints)
    app = make_app(endpoints=endpoints, model=options.model)
    app.run(host=options.interface, port=options.port, access_log=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serving", description=__doc__)
    parser.add_argument("--interface", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--endpoints", default="endpoints.yml")
    parser.add_argument("--model", help="an archive; without it the model feed is asked")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
