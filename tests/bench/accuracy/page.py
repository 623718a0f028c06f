"""The accuracy section of ``docs/benchmarks.md``."""

from dataclasses import dataclass

from tests.bench import report
from tests.bench.accuracy.gold import SIX
from tests.bench.accuracy.score import OtherFigures, TopicFigures

TITLES = {
    "stock": "stock: `SpacyNLP(ja_ginza)` + DIET, {thin} sentences",
    "ours_thin": "ours, the pipeline alone, the same {thin} sentences",
    "textcat": "spaCy `textcat` on GiNZA tokens",
    "ngrams": "character and lemma n-grams, logistic regression",
    "ngrams_vectors": "the same with GiNZA vectors",
    "ours": "ours, the pipeline alone",
    "product": "ours as the product decides (triage)",
}


@dataclass(frozen=True)
class Results:
    """Figures by candidate, and what only the product answers; ``sentences`` all and thinned out."""

    topics: dict[str, TopicFigures]
    other: OtherFigures
    entities: float
    marked: int
    sentences: tuple[int, int]
    heldout: int
    epochs: int


def section(results: Results) -> str:
    """Markdown; every number comes from ``results``."""
    product = results.topics["product"]
    return "\n".join(
        [
            "## Accuracy on the held-out set",
            "",
            f"Measured {report.machine()}. All candidates were asked the same {results.heldout} "
            f"held-out messages in one run, trained on all {results.sentences[0]} sentences where "
            f"no other number stands. Stock got every k-th sentence and {results.epochs} epochs, so "
            "that it ends. The held-out set was written apart from the training data; its hash is "
            "recorded in `nlu_data/heldout.sha256`.",
            "",
            *_candidates(results),
            "",
            "Macro-F1 and accuracy of the topic; *out* is the share of out-of-scope messages "
            "recognised, *refused* the share of all others wrongly taken for it; ECE is the "
            "expected calibration error over ten bins.",
            "",
            "### What the product decides",
            "",
            *_others(results),
            "",
            *_table("topic", "F1", product.by_topic, bold=SIX),
            "",
            *_table("register", "accuracy", product.by_register),
            "",
            *_table("difficulty", "accuracy", product.by_difficulty),
            "",
            "![確信度の信頼性](images/reliability.png)",
            "",
            "![話題の取り違え](images/confusion.png)",
            "",
        ]
    )


def _candidates(results: Results) -> list[str]:
    rows = ["| | macro-F1 | accuracy | out | refused | ECE |", "|---|---:|---:|---:|---:|---:|"]
    for name, found in results.topics.items():
        figures = (found.macro_f1, found.accuracy, found.out_recall, found.false_alarms)
        cells = " | ".join(f"{value:.3f}" for value in (*figures, found.calibration_error))
        title = TITLES[name].format(thin=results.sentences[1])
        rows.append(f"| {title} | {cells} |")
    return rows


def _others(results: Results) -> list[str]:
    other, product = results.other, results.topics["product"]
    six = min(product.by_topic[topic] for topic in SIX)
    rows = [
        ("topic macro-F1", product.macro_f1, "≥ 0.90"),
        ("lowest F1 of the six topics of the mission", six, "≥ 0.88"),
        ("leading desk right, end to end", other.desk, "≥ 0.92"),
        ("out-of-scope recall", product.out_recall, "≥ 0.90"),
        ("in-scope messages refused", product.false_alarms, "≤ 0.03"),
        ("secondary topic found in multi-topic messages", other.secondary, "≥ 0.75"),
        ("secondary topic reported where there is none", other.false_secondary, "–"),
        ("lowest register", min(product.by_register.values()), "≥ 0.80"),
        ("expected calibration error", product.calibration_error, "≤ 0.05"),
        ("`need` macro-F1", other.need_macro_f1, "≥ 0.80"),
        ("`judgement_or_drafting` recall", other.judgement_recall, "≥ 0.90"),
        ("`judgement_or_drafting` false alarms", other.judgement_false, "–"),
        (f"entities, micro-F1 on {results.marked} marked messages", results.entities, "≥ 0.92"),
        ("wishes found", other.wants, "–"),
        ("asker right where it is said", other.asker, "–"),
        ("asked back", other.asked_back, "–"),
    ]
    return ["| | measured | wanted |", "|---|---:|---:|"] + [
        f"| {title} | {value:.3f} | {wanted} |" for title, value, wanted in rows
    ]


def _table(
    head: str, unit: str, rows: dict[str, float], *, bold: tuple[str, ...] = ()
) -> list[str]:
    found = [f"| {head} | {unit} |", "|---|---:|"]
    for name, value in rows.items():
        found.append(f"| {f'**{name}**' if name in bold else name} | {value:.3f} |")
    return found
