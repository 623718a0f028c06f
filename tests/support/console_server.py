"""The web process with its console, as a program: fake Rasa behind it, a database of its own.

NiceGUI allows one application per process, so tests of the console start this one by its path:
``python tests/support/console_server.py <database file> <port>`` with ``PYTHONPATH`` on the root.
"""

import os
import sys
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.channels.line.settings import LineSettings
from api.runtime.app import create_app
from api.runtime.console import ConsoleSettings
from api.runtime.web import StoppingServer
from knowledge.database import keyring, make_engine
from tests.support.content import TEXT_KEY
from tests.support.fake_rasa import SECRET, FakeRasa
from tests.support.line_standin.phone import SECRET as CHANNEL_SECRET
from tests.support.line_standin.phone import TOKEN


def _roots() -> tuple[Path, ...]:
    """The folders of language data a test names, those that are there."""
    named = os.environ.get("TEST_ROOTS", "").split(os.pathsep)
    return tuple(Path(name) for name in named if name and Path(name).is_dir())


def main() -> None:
    database, port = Path(sys.argv[1]), int(sys.argv[2])
    keyring.set((TEXT_KEY,))
    rasa = FakeRasa()
    provider = os.environ.get("TEST_PROVIDER")
    line = os.environ.get("TEST_LINE")
    app = create_app(
        engine=make_engine(f"sqlite:///{database}"),
        bot_http=rasa.client(),
        bot_secret=SECRET,
        models_dir=database.parent / "models",
        retention_days=90,
        rate_limits=os.environ.get("TEST_RATE_LIMITS") == "on",
        site=f"http://127.0.0.1:{port}",
        line=LineSettings(CHANNEL_SECRET, TOKEN, api_url=line) if line else None,
        console=ConsoleSettings(
            secret=SECRET,
            provider=(provider, "madoguchi", "s" * 40) if provider else None,
            roots=_roots,
        ),
    )

    async def webhook(call: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://web"
        ) as http:
            headers = {"Authorization": f"Bearer {SECRET}"}
            return await http.post("/actions/webhook", json=call, headers=headers)

    rasa.webhook = webhook
    StoppingServer(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
    ).run()


if __name__ == "__main__":
    main()
