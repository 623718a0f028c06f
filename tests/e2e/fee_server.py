"""A small server with the real fee page, the real estimate and the real door, without bot or
database: what the page shows is what the API says."""

import socket
import threading
import time

import uvicorn
from fastapi import FastAPI

from api.channels import fee_page, web
from api.door import Door, Rules
from api.http import errors, fees
from api.throttle import Throttle


class FeeServer:
    """Serves on a free port in a thread of its own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        config = uvicorn.Config(_app(), host="127.0.0.1", port=self.port, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        end = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < end, "the fee server did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)


def _app() -> FastAPI:
    app = FastAPI()
    errors.install(app, max_body_bytes=64 * 1024)
    app.include_router(fees.router, prefix="/api/v1")
    app.include_router(web.router)
    app.include_router(fee_page.router)
    app.add_middleware(Door, rules=Rules(), throttle=Throttle(enabled=False))
    return app
