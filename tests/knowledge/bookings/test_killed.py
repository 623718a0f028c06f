"""A process killed in the middle of its work leaves no half booking and holds nothing for ever."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from api.runtime.prepare import migrate
from knowledge import clock
from knowledge.bookings import offers
from knowledge.bookings.models import Booking, Claim
from knowledge.bookings.rules import HOLD, LIVE
from knowledge.bookings.slots import Wanted
from knowledge.database import make_engine, transaction
from tests.knowledge.bookings.conftest import SHIZUOKA
from tests.support.bookings import NOTHING, load_samples, look_for_trouble
from tests.support.postgres import fresh_database

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with the samples."""
    if request.param == "sqlite":
        yield from _prepared(f"sqlite:///{tmp_path / 'killed.db'}")
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as fresh:
            yield from _prepared(fresh)


def _prepared(url: str) -> Iterator[str]:
    migrate(url)
    engine = make_engine(url)
    load_samples(engine)
    engine.dispose()
    yield url


def _write_and_die(url: str, seed: int, seconds: float) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.support.booking_writer", url, str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    time.sleep(seconds)
    assert writer.poll() is None, "the writer stopped by itself"
    writer.kill()
    writer.wait()
    writer.stdout.close()


def _count(engine: Engine) -> int:
    with transaction(engine, read_only=True) as session:
        return session.exec(select(func.count()).select_from(Booking)).one()


def test_kill_in_the_middle_leaves_all_or_nothing(url: str) -> None:
    engine = make_engine(url)
    counts = [0]
    for number in range(ROUNDS):
        _write_and_die(url, number, 0.3 + 0.23 * number)
        counts.append(_count(engine))
        assert look_for_trouble(engine, clock.now()) == NOTHING

    # Each round wrote something, and nothing that was committed before is lost.
    assert counts[0] < counts[1]
    assert counts == sorted(counts)
    later = clock.now() + HOLD + timedelta(seconds=1)
    _nothing_is_held_for_ever(engine, later)
    engine.dispose()


def _nothing_is_held_for_ever(engine: Engine, later: datetime) -> None:
    """Ten minutes on, exactly the times of live bookings are taken."""
    with transaction(engine, read_only=True) as session:
        holders = set(
            session.exec(
                select(Claim.holder).where(
                    col(Claim.expires_at).is_(None) | (col(Claim.expires_at) > later)
                )
            )
        )
        live = set(session.exec(select(Booking.reference).where(col(Booking.status).in_(LIVE))))
        assert holders == live
        wanted = Wanted(kind="meeting", prefecture=SHIZUOKA, mode="online")
        assert offers.find(session=session, wanted=wanted, now=later).slots
