"""Decides which tier would be the next better one and what stands between; promises nothing."""

from dataclasses import dataclass
from fractions import Fraction

from knowledge.fees.amounts import Draft, reduced
from knowledge.fees.models import BetterTier, Measure, Tier
from knowledge.fees.pricing import Priced, Standing, shares_of
from knowledge.fees.tables import RATES, MeasureRow
from knowledge.fees.tiers import Verdict, tier_of
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure that would give more, and why it is not applied."""

    measure: MeasureRow
    verdict: Verdict
    tier: Tier


def better_tier(priced: Priced) -> BetterTier | None:
    """The next better tier of the first applicant who has one."""
    for index, standing in enumerate(priced.standings):
        candidates = _candidates(priced, standing)
        if candidates:
            return _told(priced, index, candidates)
    return None


def _candidates(priced: Priced, standing: Standing) -> list[Candidate]:
    """All measures of the nearest better tier, on the first line any measure touches."""
    for draft in priced.drafts:
        current = standing.outcome(draft).sure.rate
        found = [one for one in _open(draft, standing) if RATES[one.tier] < current]
        if found:
            nearest = max(RATES[one.tier] for one in found)
            return [one for one in found if RATES[one.tier] == nearest]
    return []


def _open(draft: Draft, standing: Standing) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for kind, verdicts in standing.verdicts.items():
        for measure, verdict in verdicts:
            tier = tier_of(measure, draft.fee, draft.year, standing.system_day)
            if kind in measure.kinds and tier != "full" and not verdict.holds:
                found.setdefault(measure.id, Candidate(measure, verdict, tier))
    return list(found.values())


def _told(priced: Priced, index: int, candidates: list[Candidate]) -> BetterTier:
    unknown = [one for one in candidates if one.verdict.holds is None]
    first = (unknown or candidates)[0]
    reasons = [why for one in candidates for why in one.verdict.why]
    reasons += [say("fees.why_unknown", need=one.measure.need) for one in unknown]
    return BetterTier(
        tier=first.tier,
        measure=Measure(id=first.measure.id, name=first.measure.name),
        amount_yen=_amount(priced, index, first.measure),
        applicant=index,
        reasons=tuple(dict.fromkeys(reasons)),
        needs=tuple(dict.fromkeys(one.measure.need for one in candidates)),
    )


def _amount(priced: Priced, index: int, measure: MeasureRow) -> int | None:
    shares = shares_of(tuple(one.applicant for one in priced.standings))
    if shares is None:
        return None
    total = 0
    for draft in priced.drafts:
        rates = [one.outcome(draft).sure.rate for one in priced.standings]
        day = priced.standings[index].system_day
        better: Fraction = RATES[tier_of(measure, draft.fee, draft.year, day)]
        rates[index] = min(rates[index], better)
        total += reduced(draft, zip(shares, rates, strict=True))
    return total
