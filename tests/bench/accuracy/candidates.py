"""The candidates that are no Rasa pipeline, trained and asked in the bot environment.

``bot/.venv/bin/python candidates.py NAME --data EXPORT --texts IN.json --out OUT.json`` writes for
each text the topics with their confidence, best first.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import yaml

Rankings = list[list[dict[str, Any]]]
Texts = list[str]
C = 8.0
"""As in the first trials; all linear candidates share it."""
TEXTCAT_EPOCHS = 4
BATCH = 64


def read_export(folder: Path) -> tuple[Texts, list[str]]:
    """Training texts and their topics."""
    texts, topics = [], []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for example in block["examples"] if "intent" in block else ():
                texts.append(example["text"])
                topics.append(block["intent"])
    return texts, topics


def ngrams(texts: Texts, topics: list[str], asked: Texts) -> Rankings:
    """Character and lemma n-grams under logistic regression."""
    return _linear(texts, topics, asked, vectors=False)


def ngrams_vectors(texts: Texts, topics: list[str], asked: Texts) -> Rankings:
    """The same with GiNZA's mean word vector beside."""
    return _linear(texts, topics, asked, vectors=True)


def _linear(texts: Texts, topics: list[str], asked: Texts, *, vectors: bool) -> Rankings:
    sparse = import_module("scipy.sparse")
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    chars = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    words = TfidfVectorizer(
        tokenizer=str.split, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True
    )
    docs, asked_docs = _cut(texts), _cut(asked)
    train = [chars.fit_transform(texts), words.fit_transform([lemmas for lemmas, _ in docs])]
    test = [chars.transform(asked), words.transform([lemmas for lemmas, _ in asked_docs])]
    if vectors:
        train.append(sparse.csr_matrix(np.vstack([vector for _, vector in docs])))
        test.append(sparse.csr_matrix(np.vstack([vector for _, vector in asked_docs])))
    model = LogisticRegression(C=C, class_weight="balanced", solver="liblinear", dual=True)
    model.fit(sparse.hstack(train, format="csr"), topics)
    return _ranked(model.predict_proba(sparse.hstack(test, format="csr")), list(model.classes_))


def _cut(texts: Texts) -> list[tuple[str, np.ndarray]]:
    ginza = import_module("components.ginza")
    docs = (ginza.shared().doc(text) for text in texts)
    return [(" ".join(w.lemma_.lower() for w in doc), ginza.mean_vector(doc)) for doc in docs]


def textcat(texts: Texts, topics: list[str], asked: Texts) -> Rankings:
    """spaCy's text classifier on GiNZA's tokens."""
    # By name: this file is also read, not run, in the other environment, which has no spaCy.
    spacy = import_module("spacy")
    example, util = import_module("spacy.training").Example, import_module("spacy.util")
    util.fix_random_seed(7)
    nlp = spacy.load("ja_ginza")
    for name in nlp.pipe_names:
        nlp.remove_pipe(name)
    labels = sorted(set(topics))
    pipe = nlp.add_pipe("textcat")
    for label in labels:
        pipe.add_label(label)
    examples = [
        example.from_dict(nlp.make_doc(text), {"cats": {x: float(x == topic) for x in labels}})
        for text, topic in zip(texts, topics, strict=True)
    ]
    pipe.initialize(lambda: examples, nlp=nlp)  # the vectors are there already
    optimizer = nlp.resume_training()
    order = random.Random(7)
    for _ in range(TEXTCAT_EPOCHS):
        order.shuffle(examples)
        for batch in util.minibatch(examples, BATCH):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    found = [nlp(text).cats for text in asked]
    return _ranked(np.array([[cats[label] for label in labels] for cats in found]), labels)


def _ranked(chances: np.ndarray, labels: list[str]) -> Rankings:
    """One-against-the-rest probabilities made to sum to one, best first."""
    shares = chances / chances.sum(axis=1, keepdims=True)
    return [
        [{"name": labels[i], "confidence": float(row[i])} for i in np.argsort(-row)]
        for row in shares
    ]


CANDIDATES: dict[str, Callable[[Texts, list[str], Texts], Rankings]] = {
    "textcat": textcat,
    "ngrams": ngrams,
    "ngrams_vectors": ngrams_vectors,
}


def main() -> int:
    """Train one candidate and ask it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CANDIDATES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    texts, topics = read_export(options.data)
    asked = json.loads(options.texts.read_text(encoding="utf-8"))
    rankings = CANDIDATES[options.name](texts, topics, asked)
    parses = [{"intent_ranking": ranking} for ranking in rankings]
    options.out.write_text(json.dumps(parses, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
