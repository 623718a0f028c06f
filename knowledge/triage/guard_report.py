"""Measures the guard on sentences it has not learnt from; it shows counts, never a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import ContentError
from knowledge.text import normalise
from knowledge.triage.guard_model import NLU_DATA, Sentence, guard_sentences, ordinary_sentences
from knowledge.triage.guards import inspect

OWN = "guard"
"""The ordinary inquiries written against the guard."""

INQUIRIES = "inquiries"
"""The held-out inquiries of the bot."""

SECRET = "secret"  # noqa: S105 a kind of sentence, not a password
"""A disclosure without a kind of its own."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 where there is nothing to count."""
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.hits}/{self.of} = {self.value:.3f}"


@dataclass(frozen=True, slots=True)
class GuardReport:
    """``stopped``: disclosures withheld. ``false_alarms``: ordinary inquiries withheld.

    ``public_told``: texts about something public already that start the clock; ``public_withheld``
    those of them stopped all the same. The ``by_…`` tables split the first two.
    """

    stopped: Share
    false_alarms: Share
    public_told: Share
    public_withheld: Share
    stopped_by_kind: dict[str, Share]
    false_alarms_by_origin: dict[str, Share]

    def lines(self) -> list[str]:
        """The report as text, the poorest kind of disclosure first."""
        poorest = sorted(self.stopped_by_kind.items(), key=lambda item: (item[1].value, item[0]))
        return [
            f"recall           {self.stopped}",
            f"false alarms     {self.false_alarms}",
            f"public told      {self.public_told}",
            f"public withheld  {self.public_withheld}",
            *(f"  recall {name}: {share}" for name, share in poorest),
            *(f"  alarms {name}: {share}" for name, share in self.false_alarms_by_origin.items()),
        ]


def measure(root: Path = NLU_DATA, *, heldout: Path | None = None) -> GuardReport:
    """Measure on the guard's held-out file and all held-out inquiries of a data folder.

    Raises:
        ContentError: there is nothing to measure on.
    """
    path = heldout or root / "guard" / "heldout.yml"
    if not path.is_file():
        raise ContentError(f"{path}: 機密の見張りを測る文がありません。")
    ordinary = list(ordinary_sentences(root / "heldout"))
    if not ordinary:
        raise ContentError(f"{root / 'heldout'}: 測るための通常の相談文がありません。")
    return report(guard_sentences(path), ordinary)


def report(own: Sequence[Sentence], inquiries: Iterable[str]) -> GuardReport:
    """Count what the guard does with labelled sentences and with ordinary inquiries."""
    verdicts = [(s, inspect(normalise(s.text))) for s in own]
    secrets = [(s.kind or SECRET, v.withhold) for s, v in verdicts if s.withhold]
    quiet = [(OWN, v.withhold) for s, v in verdicts if not s.withhold]
    quiet += [(INQUIRIES, inspect(normalise(text)).withhold) for text in inquiries]
    public = [v for s, v in verdicts if s.disclosed and not s.withhold]
    return GuardReport(
        stopped=_share(hit for _, hit in secrets),
        false_alarms=_share(hit for _, hit in quiet),
        public_told=_share(v.disclosed for v in public),
        public_withheld=_share(v.withhold for v in public),
        stopped_by_kind=_shares(secrets),
        false_alarms_by_origin=_shares(quiet),
    )


def _share(hits: Iterable[bool]) -> Share:
    counted = list(hits)
    return Share(hits=sum(counted), of=len(counted))


def _shares(hits: Sequence[tuple[str, bool]]) -> dict[str, Share]:
    of = Counter(name for name, _ in hits)
    stopped = Counter(name for name, hit in hits if hit)
    return {name: Share(hits=stopped[name], of=of[name]) for name in sorted(of)}
