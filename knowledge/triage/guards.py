"""Decides whether a message gives away an invention or a secret; it stores and quotes nothing.

It knows means (structure, order, proportion, criterion, lists) from field, purpose and effect,
and knows what the visitor says is public already. It does not know whether a thing is new.
The text is already normalised. Patterns and model are read when first needed, see ``prepare``.
"""

from dataclasses import dataclass
from math import exp
from threading import Lock

from knowledge.triage.guard_features import Findings, patterns
from knowledge.triage.guard_model import model

FEWEST_LETTERS = 6
"""Letters a text needs to hold a secret at all."""
LIMIT = -1.8
"""Log-odds from which a text is withheld: below zero, for a secret kept by mistake is dearer
than a question asked again. Six-fold cross-validation of the training data, in which -1.7 and -1.9
differ by half a point of recall, chose it; ``guard_report`` measures the result."""

REGISTERED = "registered"
BY_OTHERS = "by_others"
OWN_PUBLICATION = frozenset({"shown", "sold", REGISTERED})
"""What starts the visitor's own clock; what others published does not."""

_first = Lock()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard thinks of one message.

    ``withhold``: stop it before it is kept. ``disclosed``: the visitor says it was published,
    exhibited, sold or registered already, so her clock starts; never withheld for that (both are
    true where a sold thing's hidden inside is told).
    ``score`` is 0 to 1, 0.5 at the limit. ``reasons`` names features, never words of the text:
    those of ``guard.yml``, ``wording`` (the learnt model) and ``public:…``.
    """

    withhold: bool
    disclosed: bool
    score: float
    reasons: tuple[str, ...]


def inspect(text: str) -> Verdict:
    """Look at one normalised message; same text, same verdict.

    Raises:
        ContentError: patterns or sentences are missing; a guard without them would let all pass.
    """
    if _too_short(text):
        return Verdict(withhold=False, disclosed=False, score=0.0, reasons=())
    with _first:
        table, learnt = patterns(), model()
    return judge(table.find(text), learnt.score(text))


def prepare() -> None:
    """Read the patterns and train the model now, so that no visitor waits for it."""
    with _first:
        patterns(), model()


def _too_short(text: str) -> bool:
    """A number or a word alone ("22", "80%", "静岡") tells nobody's secret."""
    return sum(char.isalpha() for char in text) < FEWEST_LETTERS


def judge(findings: Findings, log_odds: float) -> Verdict:
    """Add up what the patterns found and what the model thinks of the same text."""
    total = log_odds + findings.weight
    wording = total >= LIMIT
    substance = findings.enough or wording
    reasons = findings.features + (("wording",) if wording else ())
    return Verdict(
        withhold=substance and not findings.covered,
        disclosed=_own_publication(findings.public),
        score=1.0 if findings.enough else 1 / (1 + exp(LIMIT - total)),
        reasons=reasons + tuple(f"public:{name}" for name in findings.public),
    )


def _own_publication(public: tuple[str, ...]) -> bool:
    """Whether the visitor published; a right or gazette named beside others is taken as theirs."""
    theirs = {REGISTERED} if BY_OTHERS in public else set()
    return not (OWN_PUBLICATION - theirs).isdisjoint(public)
