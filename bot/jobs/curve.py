"""Learning curves: how many sentences of unseen writers a topic gets right with fewer of its own.

Run in the bot environment from the bot folder: ``python -m jobs.curve --data DIR --intents a,b``.
For each intent and each of ``FOLDS`` divisions of the writers, its training sentences are thinned
to each of ``PARTS``, the models of the intent and of its nearest neighbours are fitted anew, and
the intent's sentences of the writers left out are judged by the likeliest topic. Prints lines
``point: {"intent", "fold", "total", "trained", "right", "n"}``: so many of ``n`` were right after
``trained`` sentences; ``total`` there are. No word comes out.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

PARTS = (0.25, 0.5, 1.0)
FOLDS = 4
NEIGHBOURS = 3
"""Models fitted anew beside the intent's own: those its sentences are most often taken for. All
others hardly change where some sentences of one intent are missing."""
SETTINGS = {"c": 0.2, "vector_weight": 1.0}


@dataclass(frozen=True)
class Sentences:
    """Rows of features, what each is about (numbers of ``labels``), and who wrote it."""

    rows: sparse.csr_matrix
    truth: np.ndarray
    labels: tuple[str, ...]
    writers: np.ndarray


@dataclass(frozen=True)
class Point:
    """So many of ``n`` sentences were right after ``trained`` of all ``total`` ones."""

    intent: str
    fold: int
    total: int
    trained: int
    right: int
    n: int


def main() -> int:
    """Fit and report; exit code 1 if there are too few writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the exported NLU")
    parser.add_argument("--intents", required=True, help="which, separated by commas")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    _say(1, "文を読み込んでいます")
    sentences = read(options.data)
    if len(set(sentences.writers)) < FOLDS:
        sys.stdout.write("too few writers\n")
        return 1
    wanted = [i for i, name in enumerate(sentences.labels) if name in options.intents.split(",")]
    for fold, (seen, unseen) in enumerate(divisions(sentences.writers)):
        for done, point in enumerate(points(sentences, seen, unseen, wanted, fold)):
            sys.stdout.write(f"point: {json.dumps(point.__dict__)}\n")
            share = (fold + done / (len(wanted) * len(PARTS))) / FOLDS
            _say(10 + int(89 * share), "文を減らして学び直しています")
    return 0


def divisions(writers: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Numbers of sentences (seen, unseen): no writer is on both sides."""
    from sklearn.model_selection import GroupKFold

    return list(GroupKFold(FOLDS).split(writers, groups=writers))


def points(
    all_of_them: Sentences,
    seen: np.ndarray,
    unseen: np.ndarray,
    wanted: Sequence[int],
    fold: int,
) -> Iterator[Point]:
    """The points of one division of the writers."""
    from components.heads import fit_all

    rows, truth = all_of_them.rows[seen], all_of_them.truth[seen]
    flags = truth[:, None] == np.arange(len(all_of_them.labels))
    weights, bias = fit_all(rows, flags, c=SETTINGS["c"])
    chance = np.random.default_rng(7)
    for label in wanted:
        mine = np.flatnonzero(truth == label)
        judged = all_of_them.rows[unseen[all_of_them.truth[unseen] == label]]
        if not len(mine) or not judged.shape[0]:
            continue
        scores = np.asarray(judged @ weights + bias)
        near = _near(scores, label)
        order = chance.permutation(mine)
        for part in PARTS:
            kept = max(1, round(part * len(mine)))
            if kept < len(mine):
                left = np.setdiff1d(np.arange(len(seen)), order[kept:])
                some, free = fit_all(rows[left], flags[left][:, near], c=SETTINGS["c"])
                told = scores.copy()
                told[:, near] = np.asarray(judged @ some + free)
            else:
                told = scores
            right = int((told.argmax(axis=1) == label).sum())
            total = int((all_of_them.truth == label).sum())
            yield Point(all_of_them.labels[label], fold, total, kept, right, judged.shape[0])


def _near(scores: np.ndarray, label: int) -> np.ndarray:
    """The label itself and those its sentences are most often taken for."""
    others = scores.copy()
    others[:, label] = -np.inf
    counts = np.bincount(others.argmax(axis=1), minlength=scores.shape[1])
    counts[label] = -1
    return np.array([label, *np.argsort(-counts, kind="stable")[:NEIGHBOURS]])


def read(folder: Path) -> Sentences:
    """The sentences of an export, cut and weighed as for a training."""
    from components.features import InquiryFeatures, Sentence
    from components.tokenizer import READING_KEY, VECTOR_KEY
    from rasa.shared.nlu.constants import INTENT, TEXT

    examples = list(_cut(folder))
    rows = InquiryFeatures.fit_transform(
        [
            Sentence(
                text=one.get(TEXT),
                reading=one.get(READING_KEY) or "",
                lemmas=tuple(token.lemma for token in one.get("text_tokens") or ()),
                vector=one.get(VECTOR_KEY),
            )
            for one in examples
        ],
        vector_weight=SETTINGS["vector_weight"],
    )[1]
    intents = [one.get(INTENT) for one in examples]
    labels = tuple(sorted(set(intents)))
    writers = [_writer(one.get("metadata")) for one in examples]
    truth = np.array([labels.index(intent) for intent in intents])
    return Sentences(rows, truth, labels, np.array(writers))


def _cut(folder: Path) -> Iterator[object]:
    from components.export_importer import ExportImporter
    from components.tokenizer import GinzaTokenizer
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

    data = ExportImporter(training_data_paths=[str(folder)]).get_nlu_data()
    with TempDirectoryPath(get_temp_dir_name()) as words:
        tokenizer = GinzaTokenizer.create(
            GinzaTokenizer.get_default_config(),
            LocalModelStorage(Path(words)),
            Resource("words"),
            ExecutionContext(GraphSchema({})),
        )
        tokenizer.train(data)
        tokenizer.process_training_data(data)
    yield from data.intent_examples


def _writer(metadata: dict[str, dict[str, str]] | None) -> str:
    return ((metadata or {}).get("example") or {}).get("by") or "?"


def _say(percent: int, label: str) -> None:
    sys.stdout.write(f"progress: {percent} {label}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
