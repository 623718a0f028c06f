"""Compares pipelines on the held-out set and writes its part of ``docs/benchmarks.md``.

    .venv/bin/python -m tests.bench.accuracy               # all candidates on all sentences
    .venv/bin/python -m tests.bench.accuracy --only ours   # the product alone, two minutes

Two steps: the bot environment trains and writes what each candidate says of the texts, without
their labels; here the answers are put through the product's own triage and scored.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from api.runtime.paths import NLU_DATA
from knowledge.text import normalise
from knowledge.training.export import export_training
from knowledge.training.names import known_names
from tests.bench import report
from tests.bench.accuracy import pictures
from tests.bench.accuracy.deciding import decide, facts, pair_f1, said, shipped_content
from tests.bench.accuracy.gold import Gold, best, heldout
from tests.bench.accuracy.page import Results, section
from tests.bench.accuracy.score import Pair, other_figures, topic_figures
from tests.bench.processes import BOT, BOT_PYTHON, QUIET, ROOT
from tests.bench.projects import make_projects
from tests.bench.sides import Side, our_side, stock_side

SCRIPT = Path(__file__).with_name("candidates.py")
SCRIPTED = ("textcat", "ngrams", "ngrams_vectors")
ALL = ("stock", *SCRIPTED, "ours_thin", "ours")
EPOCHS = 15
EVERY_SENTENCE = 10**9
STOCK_SENTENCES = 4000
"""DIET and spaCy's parser need minutes for each thousand; ``ours_thin`` gets the same ones."""
Parses = dict[str, list[dict[str, Any]]]
Json = dict[str, Any]


def main() -> int:
    """Train, ask, score, write; exit code 0 when all candidates answered."""
    options = _options()
    names = [name for name in ALL if name in (options.only or ALL)]
    golds, marked = heldout(), _marked()
    with tempfile.TemporaryDirectory(prefix="madoguchi-accuracy-") as folder:
        work = Path(options.work or folder)
        texts = [gold.text for gold in golds] + [normalise(item["text"]) for item in marked]
        parses, sentences = _ask(names, texts, work, epochs=options.epochs)
        results, pairs = _score(parses, golds, marked, work, sentences, options.epochs)
    images = Path(options.out).parent / "images"
    pictures.draw_reliability(pairs, images / "reliability.png")
    pictures.draw_confusion(pairs, images / "confusion.png")
    text = section(results)
    report.write_section(Path(options.out), "accuracy", text)
    sys.stdout.write(text)
    return 0


def _ask(
    names: list[str], texts: list[str], work: Path, *, epochs: int
) -> tuple[Parses, tuple[int, int]]:
    work.mkdir(parents=True, exist_ok=True)
    asked = work / "texts.json"
    asked.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    export = work / "export"
    with shipped_content(work / "content") as catalogue:
        export_training(roots=(NLU_DATA,), names=known_names(catalogue), to=export)
    stock, thin = make_projects(
        export=export, to=work / "thin", sentences=STOCK_SENTENCES, epochs=epochs
    )
    _, ours = make_projects(export=export, to=work, sentences=EVERY_SENTENCE, epochs=epochs)
    sides = {"stock": stock_side(stock, port=0, actions="")}
    sides |= {
        name: our_side(project, port=0, actions="")
        for name, project in (("ours_thin", thin), ("ours", ours))
    }
    same = _same(export, asked, epochs)
    parses = {}
    for name in names:
        sys.stderr.write(f"… {name}\n")
        out, of = work / f"{name}.json", work / f"{name}.of"
        if not (of.exists() and of.read_text() == same):
            command = (
                _rasa(sides[name], work)
                if name in sides
                else [str(SCRIPT), name, "--data", str(export)]
            )
            _run([*command, "--texts", str(asked), "--out", str(out)], work / f"{name}.log")
            of.write_text(same)
        parses[name] = json.loads(out.read_text(encoding="utf-8"))
    return parses, (ours.sentences, thin.sentences)


def _same(export: Path, asked: Path, epochs: int) -> str:
    """What an interrupted run must have had in common to be gone on with (``--work``)."""
    digest = hashlib.sha256(f"{epochs}".encode() + asked.read_bytes())
    sources = [*sorted(export.glob("*.yml")), SCRIPT, *sorted(BOT.glob("components/*.py"))]
    for file in sources:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _rasa(side: Side, work: Path) -> list[str]:
    """Train a Rasa project; the command that lets it read texts."""
    side.train(work / f"{side.name}-train.log")
    return ["-m", "jobs.predict", "--model", str(side.project.model)]


def _run(command: list[str], log: Path) -> None:
    environment = {**os.environ, **QUIET, "PYTHONPATH": str(BOT)}
    with log.open("wb") as output:
        subprocess.run(
            [str(BOT_PYTHON), *command],
            cwd=BOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=True,
        )


def _score(
    parses: Parses,
    golds: list[Gold],
    marked: list[Json],
    work: Path,
    sentences: tuple[int, int],
    epochs: int,
) -> tuple[Results, list[Pair]]:
    count = len(golds)
    topics = {
        name: topic_figures([(g, best(p)) for g, p in zip(golds, found[:count], strict=True)])
        for name, found in parses.items()
    }
    with shipped_content(work / "content") as catalogue:
        ours = parses["ours"]
        pairs = [
            (gold, said(decide(parse, gold.text, catalogue)))
            for gold, parse in zip(golds, ours[:count], strict=True)
        ]
        found = [
            _facts_of(item, decide(parse, normalise(item["text"]), catalogue, at=_received(item)))
            for item, parse in zip(marked, ours[count:], strict=True)
        ]
    topics["product"] = topic_figures(pairs)
    figures = other_figures(pairs)
    results = Results(topics, figures, pair_f1(found), len(marked), sentences, count, epochs)
    return results, pairs


def _facts_of(item: Json, result: Any) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    answered = result.model_dump(mode="json")["entities"]
    return facts(item["entities"]), facts(answered)


def _received(item: Json) -> datetime:
    return datetime.fromisoformat(item["received_at"])


def _marked() -> list[Json]:
    """The messages with marked entities."""
    content = yaml.safe_load((NLU_DATA / "entities" / "heldout.yml").read_text(encoding="utf-8"))
    found: list[Json] = content["examples"]
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.accuracy", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ALL, help="candidates; ours is always needed")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of stock's networks")
    parser.add_argument("--work", help="a folder to keep answers in; a broken-off run goes on")
    parser.add_argument("--out", default=str(ROOT / "docs" / "benchmarks.md"))
    options = parser.parse_args()
    if options.only and "ours" not in options.only:
        options.only.append("ours")
    return options


if __name__ == "__main__":
    sys.exit(main())
