"""The visitor says that she was misunderstood, goes back, or starts over."""

from pathlib import Path

import pytest

from tests.support.product import Product
from tests.support.scripts import load_scripts, play

SCRIPTS = load_scripts(Path(__file__).parent)


@pytest.mark.rasa
@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_every_corrections_script_plays_as_written(product: Product, script: Path) -> None:
    play(product, script)


def test_there_are_enough_corrections_scripts() -> None:
    assert len(SCRIPTS) >= 5
