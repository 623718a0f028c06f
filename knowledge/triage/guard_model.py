"""Learns from reviewed sentences how the substance of a secret sounds; it keeps no sentence.

A linear model over character n-grams, trained once a process in a few seconds from
``nlu_data/guard/train.yml`` and the ordinary inquiries of ``nlu_data/train``. Same data, same
model: nothing is random and nothing is stored.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import log, sqrt
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import ContentError
from knowledge.text import normalise
from knowledge.triage.guard_features import sentences

NLU_DATA = Path(__file__).parents[2] / "nlu_data"
"""The shipped language data."""
ORDINARY_TAKEN = 4_500
"""Ordinary inquiries taken beside the guard's own sentences."""

LONGEST = 3
"""Characters of the longest n-gram; four did not help in cross-validation."""

SHORTEST = 8
"""Characters of a sentence that is judged for itself."""

SEEN_AT_LEAST = 2
"""An n-gram of one sentence only is that sentence's own voice."""

SOFTNESS = 10.0
"""Inverse of the regularisation: 3 lost a point of recall, 30 gained nothing."""

_NUMBERS = re.compile(r"\d+(?:[.,]\d+)?")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Sentence(BaseModel):
    """One reviewed sentence of the guard's own data; kind and register say whose voice it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    withhold: bool
    disclosed: bool = False
    kind: str | None = None
    register_: str | None = Field(default=None, alias="register")


@dataclass(frozen=True, slots=True)
class Model:
    """What an n-gram counts for: its rarity, and rarity times what was learnt."""

    rarity: dict[str, float]
    learnt: dict[str, float]
    bias: float

    def score(self, text: str) -> float:
        """Log-odds, between those of the whole text and of its most telling sentence.

        A question around the substance thins the whole; a sentence alone lacks its context.
        """
        parts = [(part, Counter(_grams(part))) for part in sentences(text)]
        together: Counter[str] = Counter()
        for _, counts in parts:
            together.update(counts)
        whole = self._log_odds(together)
        telling = [self._log_odds(counts) for part, counts in parts if len(part) >= SHORTEST]
        return (whole + max([whole, *telling])) / 2 if len(telling) > 1 else whole

    def _log_odds(self, counts: Mapping[str, int]) -> float:
        total = length = 0.0
        for gram, count in counts.items():
            rarity = self.rarity.get(gram)
            if rarity is None:
                continue
            often = 1 + log(count)
            total += often * self.learnt[gram]
            length += (often * rarity) ** 2
        return self.bias + (total / sqrt(length) if length else 0.0)


@cache
def model(root: Path = NLU_DATA) -> Model:
    """The model of one data folder, trained when first asked for.

    Raises:
        ContentError: the data is missing or is not as it should be.
    """
    own = guard_sentences(root / "guard" / "train.yml")
    texts = [(s.text, s.withhold) for s in own]
    texts += [(text, False) for text in _sample(ordinary_sentences(root / "train"))]
    return train(texts)


def _sample(texts: Iterable[str]) -> list[str]:
    """A fixed number of ordinary texts, chosen by their hash: the limit was set for this share of
    ordinary ones, and must not drift with every sentence the classifier gains."""
    ranked = sorted(set(texts), key=lambda text: sha256(text.encode()).digest())
    return ranked[:ORDINARY_TAKEN]


def train(examples: Sequence[tuple[str, bool]]) -> Model:
    """Fit the model; the sentences of an ordinary text are ordinary each.

    scikit-learn is imported here: it takes a second, and who only reads never needs it.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [(normalise(text), withhold) for text, withhold in examples]
    rows += [
        (part, False)
        for text, withhold in rows
        if not withhold and len(parts := [p for p in sentences(text) if len(p) >= SHORTEST]) > 1
        for part in parts
    ]
    vectors = TfidfVectorizer(analyzer=_all_grams, min_df=SEEN_AT_LEAST, sublinear_tf=True)
    matrix = vectors.fit_transform([text for text, _ in rows])
    line = LogisticRegression(C=SOFTNESS, max_iter=1000)
    line.fit(matrix, [withhold for _, withhold in rows])
    rarity = dict(zip(vectors.get_feature_names_out(), vectors.idf_.tolist(), strict=True))
    weights = zip(rarity.items(), line.coef_[0].tolist(), strict=True)
    return Model(
        rarity=rarity,
        learnt={gram: idf * weight for (gram, idf), weight in weights},
        bias=float(line.intercept_[0]),
    )


def guard_sentences(path: Path) -> tuple[Sentence, ...]:
    """The guard's own reviewed sentences of one file."""
    try:
        return tuple(Sentence.model_validate(e) for e in _read(path)["examples"])
    except (KeyError, TypeError, ValidationError) as error:
        raise ContentError(f"{path}: {error}") from error


def ordinary_sentences(root: Path) -> Iterator[str]:
    """The texts of all sentence files below a folder, in the order of their paths."""
    for path in sorted(root.rglob("*.yml")):
        try:
            yield from (str(example["text"]) for example in _read(path)["examples"])
        except (KeyError, TypeError) as error:
            raise ContentError(f"{path}: {error}") from error


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 safe loader
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(f"{path}: {error}") from error


def _all_grams(text: str) -> list[str]:
    return [gram for part in sentences(text) for gram in _grams(part)]


def _grams(sentence: str) -> list[str]:
    """Character n-grams; a number is a number, whichever it is."""
    text = _NUMBERS.sub("0", sentence.casefold())
    grams = list(text)
    for size in range(2, LONGEST + 1):
        grams += [text[start : start + size] for start in range(len(text) - size + 1)]
    return grams
