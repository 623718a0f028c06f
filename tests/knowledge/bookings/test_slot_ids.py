"""Ids of slots are stable, opaque and checked."""

from datetime import UTC, datetime

import pytest

from knowledge.bookings.slot_ids import (
    KINDS,
    MODES,
    Kind,
    Mode,
    SlotKey,
    decode,
    minute_of,
    moment_of,
)
from knowledge.clock import TOKYO

START = datetime(2026, 12, 1, 10, 0, tzinfo=TOKYO)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", MODES)
def test_an_id_is_read_back_as_it_was_written(kind: Kind, mode: Mode) -> None:
    key = SlotKey(kind, 4_000_000, START, mode)

    assert decode(key.encode()) == key
    assert key.encode() == SlotKey(kind, 4_000_000, START.astimezone(UTC), mode).encode()


@pytest.mark.parametrize(
    "written", ["", "x", "あ", "AAAAAABXAcii3iO=", "A" * 16, "!" * 16, "A" * 400, "\x00"]
)
def test_what_is_none_of_ours_is_none(written: str) -> None:
    assert decode(written) is None


def test_a_letter_changed_is_noticed() -> None:
    good = SlotKey("meeting", 7, START, "place").encode()

    assert all(
        decode(good[:n] + ("A" if good[n] != "A" else "B") + good[n + 1 :]) is None
        for n in range(len(good) - 1)
    )


def test_ids_of_different_slots_differ() -> None:
    ids = {SlotKey("meeting", r, START, mode).encode() for r in range(50) for mode in MODES}

    assert len(ids) == 50 * len(MODES)


def test_minutes_and_moments_belong_together() -> None:
    assert moment_of(minute_of(START)) == START
    assert moment_of(0).isoformat() == "1970-01-01T09:00:00+09:00"
