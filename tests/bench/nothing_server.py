"""The action server of the measurement: the product's own webhook with an action that does
nothing but answer, so that stock and ours call the very same thing.

``uvicorn tests.bench.nothing_server:make_app --factory``
"""

import os
from typing import Any

from fastapi import FastAPI
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.server import make_router

NAME = "action_nothing"


class NothingAction(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """Says one word."""

    def name(self) -> str:
        """The name the rules use."""
        return NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """No slot, no database."""
        dispatcher.utter_message(json_message={"done": True})
        return []


def make_app() -> FastAPI:
    """The webhook alone; the secret comes from ``MADOGUCHI_BOT_SECRET``."""
    executor = ActionExecutor()
    executor.register_action(NothingAction())
    app = FastAPI(openapi_url=None)

    @app.get("/ready")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    app.include_router(make_router(executor=executor, secret=os.environ["MADOGUCHI_BOT_SECRET"]))
    return app
