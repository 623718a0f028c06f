"""Whether what was fitted on unseen writers still holds after a small change of the sentences.

Temperature, order and thresholds cost more than half of a training: each needs models that have
not seen a writer. One corrected sentence among thousands does not move them, so a training that
starts from an earlier model (Rasa's fine-tuning) fits the weights anew and keeps the rest.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHANGED_AT_MOST = 0.01
"""Share of sentences added, removed or relabelled since the last full fit. The changes are
counted from that fit, so many small trainings cannot drift away from it."""
FILE = "calibrated_on.npz"


@dataclass(frozen=True)
class CalibratedOn:
    """The sentences of a full fit, as 64-bit digests of shape (n,), and the code that fitted."""

    digests: np.ndarray
    code: str

    @classmethod
    def now(cls, labelled: Iterable[Sequence[object]]) -> "CalibratedOn":
        """What a fit on these sentences with their labels rests on."""
        digests = [
            int.from_bytes(hashlib.blake2b(repr(one).encode(), digest_size=8).digest(), "big")
            for one in labelled
        ]
        return cls(np.unique(np.array(digests, dtype=np.uint64)), _code())

    def holds_for(self, other: "CalibratedOn") -> bool:
        """Same code and nearly the same sentences."""
        changed = np.setxor1d(self.digests, other.digests, assume_unique=True).size
        return self.code == other.code and changed <= CHANGED_AT_MOST * self.digests.size

    def save(self, directory: Path) -> None:
        """Write digests and code; no sentence can be read from them."""
        np.savez(directory / FILE, digests=self.digests, code=np.array(self.code))

    @classmethod
    def load(cls, directory: Path) -> "CalibratedOn | None":
        """Read what ``save`` wrote; None of a model from before it was kept."""
        if not (directory / FILE).exists():
            return None
        with np.load(directory / FILE, allow_pickle=False) as data:
            return cls(data["digests"], str(data["code"]))


def _code() -> str:
    """Everything in this folder: another rule or feature needs another calibration."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
