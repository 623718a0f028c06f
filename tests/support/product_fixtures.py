"""The running product as a fixture, shared by all folders that import it.

Each folder's ``conftest.py`` imports ``product``; pytest then knows it once per folder, so the
product itself is held here: the first folder starts it, the end of the run stops it.
"""

import os
from collections.abc import Iterator

import pytest

from tests.support.product import Product, why_not

_running: list[Product] = []


def startable_or_skip() -> None:
    """Skip where the product cannot be started; on a test machine that is a failure."""
    reason = why_not()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product, ready; at the end of the run Ctrl-C must leave no process behind."""
    startable_or_skip()
    if not _running:
        _running.append(_start(Product(tmp_path_factory.mktemp("product") / "var")))
    yield _running[0]
    if _running[0].process is not None and _running[0].process.poll() is None:
        left = _running[0].close()
        assert left == {}, f"still alive after Ctrl-C: {left}"


def _start(fresh: Product) -> Product:
    try:
        fresh.launch()
        fresh.wait_ready()
    except BaseException:
        fresh.close()
        raise
    return fresh
