"""No sentence twice, none under two intents, none both learned from and judged by."""

from collections.abc import Iterator, Sequence

from knowledge.content_store.files import Problem
from knowledge.text import fold
from knowledge.training.likeness import LikenessIndex
from knowledge.training.sentences import Sentence

OVERLAP = 0.6
"""Jaccard of character 5-grams from which a training sentence gives a held-out one away."""

NEAR_DUPLICATE = 0.85
"""The same inside training: the second sentence teaches nothing that the first does not."""

TOO_SHORT = 5
"""Folded characters up to which 5-grams say nothing: はい and ﾊｲ are both worth learning."""

_MEND = "学習用のほうを消すか、別の場面に書き換えてください。"


def repeated(sentences: Sequence[Sentence]) -> Iterator[Problem]:
    """Sentences of one part that are the same once normalised, within and across intents."""
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        earlier = first.setdefault(sentence.text, sentence)
        if earlier is sentence:
            continue
        if earlier.intent == sentence.intent:
            yield sentence.problem(f"{earlier.place} と同じ文です。どちらかを消してください。")
        else:
            yield sentence.problem(
                f"{earlier.place} と同じ文が、別の意図（{earlier.intent} と {sentence.intent}）"
                "に入っています。どちらかに決めてください。"
            )


def nearly_repeated(sentences: Sequence[Sentence]) -> Iterator[Problem]:
    """Sentences of one part that differ from an earlier one by next to nothing."""
    kept: list[Sentence] = []
    seen: set[str] = set()
    index = LikenessIndex()
    for sentence in sentences:
        if sentence.text in seen or len(fold(sentence.text)) <= TOO_SHORT:
            continue
        seen.add(sentence.text)
        found = index.closest(sentence.text, at_least=NEAR_DUPLICATE)
        if found is not None:
            earlier = kept[found[0]]
            yield sentence.problem(
                f"{earlier.place}（{earlier.intent}）とほとんど同じ文です"
                f"（重なり{found[1]:.2f}）。言い方か場面を変えてください。"
            )
        kept.append(sentence)
        index.add(sentence.text)


def leaked(train: Sequence[Sentence], heldout: Sequence[Sentence]) -> Iterator[Problem]:
    """Training sentences that are a copy or near copy of a held-out one.

    Told on the training line, without the held-out text: whoever mends it need not read it.
    """
    index = LikenessIndex()
    judged = {sentence.text: sentence for sentence in heldout}
    for sentence in heldout:
        index.add(sentence.text)
    for sentence in train:
        same = judged.get(sentence.text)
        found = index.closest(sentence.text, at_least=OVERLAP)
        if same is not None:
            yield sentence.problem(f"検証用の文（{same.place}）と同じです。{_MEND}")
        elif found is not None:
            place = heldout[found[0]].place
            yield sentence.problem(
                f"検証用の文（{place}）に似すぎています（重なり{found[1]:.2f}）。{_MEND}"
            )
