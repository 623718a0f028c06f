"""The reliability curve and the confusion of topics as small pictures."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import matplotlib_fontja  # noqa: F401  (a Japanese font)
import numpy as np
from matplotlib.figure import Figure

from tests.bench.accuracy.score import Pair, reliability

DPI = 90
INK = "#0017c1"


def draw_reliability(pairs: Sequence[Pair], to: Path) -> None:
    """Confidence against the share that was right; dot size by how many."""
    rows = reliability(pairs)
    figure, axes = plt.subplots(figsize=(4.2, 4.2))
    axes.plot([0, 1], [0, 1], color="#949494", linewidth=1, linestyle="--")
    sizes = [20 + 380 * count / len(pairs) for _, _, count in rows]
    means, rights = [mean for mean, _, _ in rows], [right for _, right, _ in rows]
    axes.plot(means, rights, color=INK, linewidth=1)
    axes.scatter(means, rights, s=sizes, color=INK)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="確信度", ylabel="正しかった割合")
    axes.set_title("確信度の信頼性（取り置きの文）", fontsize=10)
    _save(figure, to)


def draw_confusion(pairs: Sequence[Pair], to: Path) -> None:
    """Rows: what the message is about; columns: what was decided. Shares of each row."""
    topics = sorted({gold.topic for gold, _ in pairs} | {said.topic for _, said in pairs})
    index = {topic: number for number, topic in enumerate(topics)}
    counts = np.zeros((len(topics), len(topics)))
    for gold, said in pairs:
        counts[index[gold.topic], index[said.topic]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(7.6, 7.2))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        shade = "white" if shares[row, column] > 0.5 else "black"
        number = str(int(counts[row, column]))
        axes.text(column, row, number, ha="center", va="center", fontsize=7, color=shade)
    axes.set_xticks(range(len(topics)), topics, rotation=90, fontsize=8)
    axes.set_yticks(range(len(topics)), topics, fontsize=8)
    axes.set(xlabel="判断した話題", ylabel="本当の話題")
    _save(figure, to)


def _save(figure: Figure, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    # Neither time nor program in the file: the same figures give the same bytes.
    figure.savefig(to, dpi=DPI, metadata={"Software": None})
    plt.close(figure)
