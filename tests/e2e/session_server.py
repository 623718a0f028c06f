"""The assembled application with the samples on a free port, without a bot: what a visitor books
here stands in a real database."""

import threading
import time
from pathlib import Path

import uvicorn
from sqlalchemy import Engine

from api.runtime.app import create_app
from api.runtime.supervisor import free_port
from knowledge.database import keyring, make_engine
from tests.support.bookings import load_samples
from tests.support.content import TEXT_KEY, copy_database
from tests.support.fake_rasa import SECRET, FakeRasa


class SessionServer:
    """Serves in a thread of its own."""

    def __init__(self, template: Path, folder: Path) -> None:
        keyring.set((TEXT_KEY,))
        self.port = free_port()
        self.engine: Engine = make_engine(copy_database(template, folder / "product.db"))
        load_samples(self.engine)
        app = create_app(
            engine=self.engine,
            bot_http=FakeRasa().client(),
            bot_secret=SECRET,
            models_dir=folder / "models",
            retention_days=90,
            rate_limits=False,
            site=self.url,
        )
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        end = time.monotonic() + 60
        while not self._server.started:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
