"""Writes where and when a slot is into an opaque, stable id and reads it back.

The id proves nothing: whether the slot is on offer is looked up each time.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from knowledge.clock import TOKYO

Kind = Literal["meeting", "regular", "expert"]
Mode = Literal["online", "place", "phone", "visit"]
KINDS: Final[tuple[Kind, ...]] = ("meeting", "regular", "expert")
MODES: Final[tuple[Mode, ...]] = ("place", "online", "phone", "visit")
"""In the order in which slots of one time are listed."""

_EPOCH = datetime(1970, 1, 1, 9, 0, tzinfo=TOKYO)
_SHAPE = struct.Struct(">BBII")
_CHECK_BYTES = 2


@dataclass(frozen=True, slots=True)
class SlotKey:
    """What an id says: kind, resource, start and mode."""

    kind: Kind
    resource_id: int
    starts_at: datetime
    mode: Mode

    def encode(self) -> str:
        """The id: 16 characters that fit an address."""
        body = _SHAPE.pack(
            KINDS.index(self.kind),
            MODES.index(self.mode),
            self.resource_id,
            minute_of(self.starts_at),
        )
        return base64.urlsafe_b64encode(body + _check(body)).decode()


def decode(slot_id: str) -> SlotKey | None:
    """What an id says, or None if it is none of ours."""
    try:
        raw = base64.b64decode(slot_id.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, check = raw[: _SHAPE.size], raw[_SHAPE.size :]
    if len(raw) != _SHAPE.size + _CHECK_BYTES or check != _check(body):
        return None
    kind, mode, resource_id, minute = _SHAPE.unpack(body)
    if kind >= len(KINDS) or mode >= len(MODES):
        return None
    return SlotKey(KINDS[kind], resource_id, moment_of(minute), MODES[mode])


def minute_of(moment: datetime) -> int:
    """Whole minutes from 1970-01-01 00:00 UTC."""
    return int(moment.timestamp() // 60)


def moment_of(minute: int) -> datetime:
    """The moment of such a minute, in Asia/Tokyo."""
    return _EPOCH + timedelta(minutes=minute)


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"slot" + body).digest()[:_CHECK_BYTES]
