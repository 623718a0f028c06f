"""Pure decisions of the LINE channel: what kind an event is, what may be stored, where a code is.

No clock, no database, no vendor's model: values in, values out.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from knowledge.text import normalise
from knowledge.triage.guards import inspect

REPLY_SECONDS: Final = 55
"""A reply token lives one minute from the webhook on; the rest is the way to LINE and back."""
KEEP_MINUTES: Final = 5
"""How long the next text may be stored although the guard would stop it, after the visitor said
so."""
SILENT: Final = frozenset({"leave", "member_joined", "member_left", "unfollow", "other"})
"""Events that nobody can or should answer."""

SourceKind = Literal["user", "group", "room"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One webhook event in our own words.

    ``kind``: ``text sticker media location postback follow unfollow join leave member_joined
    member_left unsend edited account_link other``. ``text`` is what was typed (shown to the guard
    before anything is stored); ``payload`` is what the handler needs besides. ``addressed`` says
    that a group meant us.
    """

    event_id: str
    kind: str
    source_kind: SourceKind | None
    source_id: str | None
    occurred_at: datetime
    redelivered: bool = False
    reply_token: str | None = None
    message_id: str | None = None
    text: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    addressed: bool = True


@dataclass(frozen=True, slots=True)
class Storable:
    """What of an arrival may be stored: nothing of a guarded text."""

    payload: dict[str, Any] | None
    withheld: bool


def storable(arrival: Arrival, *, may_keep: bool) -> Storable:
    """Show a text to the guard before it is kept anywhere.

    What a group said among itself is not kept at all. ``may_keep``: the visitor asked for it.
    """
    if not arrival.addressed:
        return Storable(None, withheld=False)
    if arrival.text is None:
        return Storable(arrival.payload, withheld=False)
    if not may_keep and inspect(normalise(arrival.text)).withhold:
        return Storable(arrival.payload, withheld=True)
    return Storable({**arrival.payload, "text": arrival.text}, withheld=False)


def reply_until(received_at: datetime) -> datetime:
    """The last moment at which a reply token may be used."""
    return received_at + timedelta(seconds=REPLY_SECONDS)


_SIGNS: Final = "2-9ACEFHKMPQRTUWXY"
_GAP: Final = r"[\s\-‐‑–—−ー_.]*"
_REFERENCE: Final = re.compile(rf"K{_GAP}\d{{2}}{_GAP}[{_SIGNS}]{{5}}{_GAP}[{_SIGNS}](?![0-9A-Z])")
_CODE: Final = re.compile(
    rf"(?<![0-9A-Z])(?:[{_SIGNS}]{{4}}{_GAP}){{2}}[{_SIGNS}]{{4}}(?![0-9A-Z])"
)


_LINK_WISH: Final = re.compile(
    r"(?:相談票|アカウント|(?:ウェブ|web|ホームページ|サイト)の(?:相談|続き)).{0,8}"
    r"(?:つな[ぐげがぎい]|連携|リンク|紐づけ|ひもづけ)",
    re.IGNORECASE,
)
LONGEST_WISH: Final = 40
"""A longer text tells of something else, and is for the bot or the person who speaks."""


def wants_link(text: str) -> bool:
    """Whether a short text asks for nothing but to go on with the case of the web."""
    clean = normalise(text)
    return len(clean) <= LONGEST_WISH and _LINK_WISH.search(clean) is not None


def reference_and_code(text: str) -> tuple[str, str] | None:
    """A case's reference and its code, where a message holds both; ``None`` for other texts."""
    clean = normalise(text).upper()
    reference = _REFERENCE.search(clean)
    if reference is None:
        return None
    code = _CODE.search(clean[: reference.start()] + " " + clean[reference.end() :])
    return (reference[0], code[0]) if code is not None else None
