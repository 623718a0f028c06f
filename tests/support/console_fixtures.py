"""The running console and a browser, for the tests of the console."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from knowledge.database import keyring
from tests.e2e.test_widget_behaviour import FLAGS, chromium_path
from tests.support.console import Console, serving
from tests.support.content import TEXT_KEY, template_database


@pytest.fixture(scope="module")
def console(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Console]:
    """A server with the sample accounts; one for the tests of a file."""
    keyring.set((TEXT_KEY,))
    template: Path = template_database(tmp_path_factory)
    with serving(template, tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()
