"""Decides which question of the fee form comes next: only one whose answer changes the amount.

What is known is a flat mapping (``fees_reading``); it knows no reply and no wording beyond keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from knowledge.conversations.fees_reading import NO_TAX_FLAG, QUESTION_OF, REQUEST_KEYS
from knowledge.errors import InvalidInputError
from knowledge.fees import FeeEstimate, FeeRequest, FeeTables, estimate
from knowledge.fees.case import years_after

Known = Mapping[str, Any]
Values = tuple[dict[str, Any], ...]

PROCEDURE: Final = "procedure"
COUNTS: Final = ("claims", "classes", "pages", "years")
ORDER: Final = (
    *COUNTS,
    "filed_on",
    "requested_on",
    "kind",
    "employees",
    "industry",
    "tax",
    "founded",
    "capital_yen",
)
"""The sooner a question settles the others, the earlier it is asked."""
ASSUMED: Final[Mapping[str, tuple[Any, Any]]] = {
    "claims": (1, 10),
    "classes": (1, 3),
    "pages": (30, 60),
}
"""What a count may be where the visitor does not know it: the ends of the range shown."""
FIRST_YEARS: Final[Mapping[str, tuple[int, int]]] = {
    "patent_annuity": (1, 3),
    "utility_registration": (4, 4),
    "design_registration": (1, 1),
}
"""The years taken where nobody says which: those of the first payment after filing."""
_KINDS: Final = ("company", "sole_proprietor", "individual", "npo", "university")
_INDUSTRIES: Final = ("manufacturing", "wholesale", "service", "retail", "rubber", "lodging")
_PEOPLE: Final = (1, 6, 21, 51, 101, 201, 301, 901)
_CAPITALS: Final = (10_000_000, 50_000_001, 100_000_001, 300_000_001)
BORDER: Final[Mapping[str, str]] = {"before": "2019-03-31", "after": "2019-04-01"}
"""The day taken where only the side of the border was told."""
TOLD: Final = frozenset({"founded", "filed", "requested"})
"""What was told instead of a day."""
SAMPLES: Final[Mapping[str, Values]] = {
    "kind": tuple({"kind": one} for one in _KINDS),
    "employees": tuple({"employees": one} for one in _PEOPLE),
    "industry": tuple({"industry": one} for one in _INDUSTRIES),
    "capital_yen": tuple({"capital_yen": one} for one in _CAPITALS),
    "founded": ({"founded": "young"}, {"founded": "old"}),
    "tax": tuple(NO_TAX_FLAG | one for one in ({"welfare": True}, {"income_tax_exempt": True}, {})),
    "filed_on": tuple({"filed": one} for one in BORDER),
    "requested_on": tuple({"requested": one} for one in BORDER),
}
"""One answer from each side of every border: where none changes the amount, nothing is asked."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What can be said now: the sheet at the lower and at the upper end of what is assumed."""

    low: FeeEstimate
    high: FeeEstimate
    assumed: dict[str, Any]

    @property
    def ends(self) -> tuple[int | None, int | None]:
        """Least and most to be paid; null while a count is open."""
        lows = [_end(one, "min") for one in (self.low, self.high)]
        highs = [_end(one, "max") for one in (self.low, self.high)]
        if None in lows or None in highs:
            return (None, None)
        return min(v for v in lows if v is not None), max(v for v in highs if v is not None)


def _end(one: FeeEstimate, which: str) -> int | None:
    if one.amount_yen is not None:
        return one.amount_yen
    return getattr(one.amount_range_yen, which) if one.amount_range_yen else None


def request_of(known: Known, *, today: date) -> FeeRequest:
    """The question for the calculator."""
    top = {key: value for key, value in known.items() if key in REQUEST_KEYS}
    for told, key in (("filed", "filed_on"), ("requested", "requested_on")):
        if told in known:
            top.setdefault(key, BORDER[known[told]])
    one = {k: v for k, v in known.items() if k not in REQUEST_KEYS and k not in TOLD}
    if "founded" in known:
        old = years_after(today, -11)
        day = old if known["founded"] == "old" else today - timedelta(days=365)
        one.setdefault("founded_on", day.isoformat())
    return FeeRequest.model_validate({**top, "applicants": [one]})


def work(known: Known, unknown: tuple[str, ...], tables: FeeTables, *, today: date) -> Worked:
    """The sheet with what is known; counts nobody knows are taken at both ends.

    Raises:
        InvalidInputError: a fact cannot be right.
    """
    procedure = str(known[PROCEDURE])
    assumed: dict[str, Any] = {}
    for name in unknown:
        if name not in known and name in ASSUMED:
            assumed[name] = ASSUMED[name]
        elif name not in known and name == "years" and procedure in FIRST_YEARS:
            assumed[name] = (FIRST_YEARS[procedure], FIRST_YEARS[procedure])
    ends = [
        estimate(
            request=request_of({**known, **{n: v[end] for n, v in assumed.items()}}, today=today),
            tables=tables,
            today=today,
        )
        for end in (0, 1)
    ]
    return Worked(ends[0], ends[1], assumed)


def next_question(
    known: Known, unknown: tuple[str, ...], tables: FeeTables, *, today: date
) -> str | None:
    """The name of the next question; null where nothing more changes the amount.

    Raises:
        InvalidInputError: a fact cannot be right.
    """
    if PROCEDURE not in known:
        return PROCEDURE
    worked = work(known, unknown, tables, today=today)
    missing = {QUESTION_OF.get(name, name) for name in (*worked.low.missing, *worked.high.missing)}
    for name in ORDER:
        if name not in missing or name in unknown:
            continue
        if name in COUNTS or changes(name, known, unknown, tables, today=today):
            return name
    return None


def changes(
    name: str, known: Known, unknown: tuple[str, ...], tables: FeeTables, *, today: date
) -> bool:
    """Whether the answer to a question can change what is to be paid."""
    return len(set(_outcomes(name, known, unknown, tables, today=today))) > 1


def _outcomes(
    name: str, known: Known, unknown: tuple[str, ...], tables: FeeTables, *, today: date
) -> Iterator[tuple[int | None, int | None]]:
    for values in SAMPLES[name]:
        try:
            yield work({**known, **values}, unknown, tables, today=today).ends
        except InvalidInputError:
            continue  # this answer is not possible beside the others
