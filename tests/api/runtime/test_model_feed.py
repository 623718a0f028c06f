from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.runtime.model_feed import MODEL_PATH, make_model_feed
from knowledge.training.releases import Release, promote
from tests.support.fake_rasa import SECRET

GOOD = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with one live release."""
    _train(tmp_path, "20261120-090000-aaaaaaaa")
    return tmp_path


def _train(models: Path, name: str) -> None:
    (models / f"{name}.tar.gz").write_bytes(name.encode())
    promote(models, Release(name, f"{name}.tar.gz", "f", "2026-11-20T09:00:00+09:00"))


@pytest.fixture
async def feed(models: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(make_model_feed(models_dir=models, secret=SECRET))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as client:
        yield client


async def test_the_live_release_is_served_with_its_tag_and_name(feed: httpx.AsyncClient) -> None:
    answer = await feed.get(MODEL_PATH, headers=GOOD)

    assert answer.status_code == 200
    assert answer.content == b"20261120-090000-aaaaaaaa"
    assert answer.headers["etag"] == '"20261120-090000-aaaaaaaa"'
    assert answer.headers["filename"] == "20261120-090000-aaaaaaaa.tar.gz"


async def test_an_unchanged_release_is_not_sent_again(feed: httpx.AsyncClient) -> None:
    etag = (await feed.get(MODEL_PATH, headers=GOOD)).headers["etag"]

    answer = await feed.get(MODEL_PATH, headers=GOOD | {"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_promoted_release_is_sent(feed: httpx.AsyncClient, models: Path) -> None:
    etag = (await feed.get(MODEL_PATH, headers=GOOD)).headers["etag"]
    _train(models, "20261121-090000-bbbbbbbb")

    answer = await feed.get(MODEL_PATH, headers=GOOD | {"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (200, b"20261121-090000-bbbbbbbb")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": ""}])
async def test_without_the_secret_there_is_no_such_page(
    feed: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await feed.get(MODEL_PATH, headers=headers)).status_code == 404


async def test_before_the_first_training_there_is_no_model(
    feed: httpx.AsyncClient, models: Path
) -> None:
    (models / "live.json").unlink()

    assert (await feed.get(MODEL_PATH, headers=GOOD)).status_code == 404


async def test_a_release_whose_archive_is_gone_is_no_model(
    feed: httpx.AsyncClient, models: Path
) -> None:
    (models / "20261120-090000-aaaaaaaa.tar.gz").unlink()

    assert (await feed.get(MODEL_PATH, headers=GOOD)).status_code == 404
