"""Decides which experts a desk may use and in which order (DUTIES.md §D); values in, values out.

It knows no clock, no table and no calendar: whether somebody has time is told to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from knowledge.desks.prefectures import Block
from knowledge.wording import say

Ring = Literal["in_house", "prefecture", "block", "other"]
RINGS: Final[tuple[Ring, ...]] = ("in_house", "prefecture", "block", "other")
"""Nearest first: D2 for the first, D3 for the others."""

PROFESSIONS: Final = (
    "benrishi",
    "bengoshi",
    "shindanshi",
    "design",
    "brand",
    "standards",
    "overseas",
)
BOUND_BY_LAW: Final = frozenset({"benrishi", "bengoshi"})
"""Professions whose own law binds them to secrecy (弁理士法30条, 弁護士法23条); others need a
recorded agreement (DOMAIN.md §6)."""

RING_NAMES: Final[dict[Ring, str]] = {
    "in_house": "bookings.ring_in_house",
    "prefecture": "bookings.ring_prefecture",
    "block": "bookings.ring_block",
    "other": "bookings.ring_other",
}
RING_REASONS: Final[dict[Ring, str]] = {
    "in_house": "bookings.why_in_house",
    "prefecture": "bookings.why_prefecture",
    "block": "bookings.why_block",
    "other": "bookings.why_other",
}
Unfit = Literal["not_registered", "profession", "topic", "conflict", "no_time"]
UNFIT_NAMES: Final[dict[Unfit, str]] = {
    "not_registered": "bookings.unfit_not_registered",
    "profession": "bookings.unfit_profession",
    "topic": "bookings.unfit_topic",
    # A visitor could learn from the word 利益相反 whom an expert acts for.
    "conflict": "bookings.unfit_conflict",
    "no_time": "bookings.unfit_no_time",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the choice looks at of one expert. ``conflicts`` are party hashes; ``block`` is the
    METI block of the prefecture (None for Okinawa); ``has_time`` within the asked period."""

    id: str
    profession: str
    topics: frozenset[str]
    prefecture: str
    block: Block | None
    registered: bool
    in_house_office: str | None = None
    conflicts: frozenset[str] = frozenset()
    has_time: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom an expert is looked for: the desk's office and place, the subject, the parties."""

    office: str
    prefecture: str
    block: Block | None
    topic: str | None = None
    professions: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offer:
    """One expert who may be used, in which ring and why."""

    expert_id: str
    ring: Ring
    why: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A nearer ring that was passed over, and why (without names)."""

    ring: Ring
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """All suitable experts of the nearest ring that has any, and the rings passed over."""

    offers: tuple[Offer, ...]
    passed_over: tuple[PassedOver, ...]

    @property
    def ring(self) -> Ring | None:
        """The ring of the offers; None where nobody is suitable."""
        return self.offers[0].ring if self.offers else None


def ring_of(candidate: Candidate, wish: Wish) -> Ring:
    """Where an expert stands, seen from the desk. Somebody else's in-house expert is outside."""
    if candidate.in_house_office == wish.office:
        return "in_house"
    if candidate.prefecture == wish.prefecture:
        return "prefecture"
    if candidate.block is not None and candidate.block == wish.block:
        return "block"
    return "other"


def unfit(candidate: Candidate, wish: Wish) -> Unfit | None:
    """The first reason why an expert cannot be used, or None (D3: a near but unsuitable expert
    does not stand in the way of the next ring)."""
    in_house = candidate.in_house_office == wish.office
    if candidate.conflicts & wish.parties:
        return "conflict"
    # D6: outside experts are registered before they are used; in-house staff are employed.
    if not (candidate.registered or in_house):
        return "not_registered"
    if wish.professions and candidate.profession not in wish.professions:
        return "profession"
    if wish.topic is not None and wish.topic not in candidate.topics:
        return "topic"
    return None if candidate.has_time else "no_time"


def choose(candidates: Iterable[Candidate], wish: Wish) -> Choice:
    """The suitable experts of the nearest ring that has any, with a reason for each ring passed.

    In-house first (D2), then same prefecture, same METI block, elsewhere (D3). Okinawa belongs to
    no block: its second ring is empty, and that is the reason told.
    """
    by_ring: dict[Ring, list[Candidate]] = {ring: [] for ring in RINGS}
    for candidate in candidates:
        by_ring[ring_of(candidate, wish)].append(candidate)
    passed: list[PassedOver] = []
    for ring in RINGS:
        found = sorted((c for c in by_ring[ring] if unfit(c, wish) is None), key=lambda c: c.id)
        if found:
            why = why_ring(ring, wish, passed)
            return Choice(tuple(Offer(c.id, ring, why) for c in found), tuple(passed))
        passed.append(PassedOver(ring, _why_passed(ring, by_ring[ring], wish)))
    return Choice((), tuple(passed))


def why_ring(ring: Ring, wish: Wish, passed: Sequence[PassedOver]) -> str:
    """Why an expert of this ring is offered, with the reasons of the nearer rings."""
    reason = say(RING_REASONS[ring], prefecture=wish.prefecture, block=wish.block or "")
    return "".join((reason, *(f"{say(RING_NAMES[p.ring])}：{p.why}" for p in passed)))


def _why_passed(ring: Ring, near: Sequence[Candidate], wish: Wish) -> str:
    if ring == "block" and wish.block is None:
        return say("bookings.passed_no_block", prefecture=wish.prefecture)
    if not near:
        return say("bookings.passed_nobody")
    reasons = dict.fromkeys(r for c in near if (r := unfit(c, wish)) is not None)
    return say(
        "bookings.passed_unfit",
        count=len(near),
        reasons="、".join(say(UNFIT_NAMES[reason]) for reason in reasons),
    )


@dataclass(frozen=True, slots=True)
class NeedForExpert:
    """Whether an expert may be used at all (D1), and what speaks against it."""

    needed: bool
    missing: tuple[str, ...]


def need_for_expert(*, heard: bool, advanced: bool, specialised: bool) -> NeedForExpert:
    """D1 and R2: the desk has heard the case and finds it advanced *and* highly specialised."""
    missing = [
        say(key)
        for met, key in (
            (heard, "bookings.need_heard"),
            (advanced, "bookings.need_advanced"),
            (specialised, "bookings.need_specialised"),
        )
        if not met
    ]
    return NeedForExpert(not missing, tuple(missing))


def bound_to_secrecy(*, profession: str, agreement_recorded: bool) -> bool:
    """Whether an expert may see more than the abstract: by law or by a recorded agreement."""
    return profession in BOUND_BY_LAW or agreement_recorded
