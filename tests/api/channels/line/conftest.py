"""The product with the LINE platform beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.line_standin.phone import LineHouse, Phone, line_house


@pytest.fixture
async def line(engine: Engine, database: Path) -> AsyncIterator[LineHouse]:
    """The application with a LINE channel."""
    async with line_house(engine, database) as made:
        yield made


@pytest.fixture
def phone(line: LineHouse) -> Phone:
    """One person."""
    return line.phone()
