"""The product's web process for load tests: our application, a bot that answers at once.

Usage: ``python -m tests.support.line_standin.serving DATABASE PORT PLATFORM_URL [rules]``. The bot
answers each text with its own words in 「」, so that an answer can be told from every other; with
``rules`` it is the fake Rasa with the real rules and actions behind it.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.channels.line.settings import LineSettings
from api.runtime.app import create_app
from knowledge.database import keyring, make_engine
from tests.support.content import TEXT_KEY
from tests.support.fake_rasa import MODEL, SECRET, FakeRasa, parse
from tests.support.line_standin.phone import SECRET as CHANNEL_SECRET
from tests.support.line_standin.phone import TOKEN


def answer(request: httpx.Request) -> httpx.Response:
    """What the bot says."""
    body = json.loads(request.content or b"{}")
    if request.url.path.endswith("/health"):
        return httpx.Response(200, json={"ready": True, "model_id": MODEL})
    said = str(body.get("text"))
    reply = {"parts": [{"type": "text", "text": f"「{said}」ですね。"}]}
    return httpx.Response(
        200, json={"replies": [reply], "parse": parse({"text": said}), "model_id": MODEL}
    )


def main() -> None:
    """Serve until killed."""
    database, port, platform_url = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    logging.basicConfig(level=logging.WARNING)
    keyring.set((TEXT_KEY,))
    rasa = FakeRasa()
    bot = httpx.AsyncClient(
        base_url="http://rasa/webhooks/madoguchi/", transport=httpx.MockTransport(answer)
    )
    if sys.argv[4:] == ["rules"]:
        bot = rasa.client()
    app = create_app(
        engine=make_engine(f"sqlite:///{database}"),
        bot_http=bot,
        bot_secret=SECRET,
        models_dir=database.parent / "models",
        retention_days=90,
        rate_limits=False,
        line=LineSettings(
            CHANNEL_SECRET, TOKEN, api_url=platform_url, public_url=f"http://127.0.0.1:{port}"
        ),
    )

    async def webhook(call: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://web") as http:
            headers = {"Authorization": f"Bearer {SECRET}"}
            return await http.post("/actions/webhook", json=call, headers=headers)

    rasa.webhook = webhook
    uvicorn.run(app, port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
