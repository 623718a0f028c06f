"""Writes the one copy of the language data that Rasa trains and is judged on.

Deterministic: the same data give the same bytes. Every text has passed the one normaliser, so
that training sees what a live message looks like. Labels beside the intent travel as metadata.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from knowledge.text import normalise
from knowledge.training.data import Example, intent_files, name_files


def export_training(
    *, roots: Iterable[Path], names: Mapping[str, Mapping[str, Iterable[str]]], to: Path
) -> str:
    """Write ``<to>/<intent>.yml`` and ``<to>/names.yml``; return the hash of what was written.

    ``names`` adds to the lookup files: kind → canonical value → the ways people write it.
    """
    roots = list(roots)
    to.mkdir(parents=True, exist_ok=True)
    for stale in to.glob("*.yml"):
        stale.unlink()
    for intent, examples in sorted(_by_intent(roots).items()):
        _write(to / f"{intent}.yml", {"nlu": [{"intent": intent, "examples": examples}]})
    _write(to / "names.yml", {"nlu": _names(roots, names)})
    digest = hashlib.sha256()
    for path in sorted(to.glob("*.yml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _by_intent(roots: list[Path]) -> dict[str, list[dict[str, Any]]]:
    """Intent → its sentences by text. What a later root (the installation's own) says of a text
    wins over an earlier one: a correction corrects, also where an upgrade says otherwise."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for root in roots:
        read = [
            (file.intent, _example(example, by=_writer(path)))
            for path, file in intent_files([root], "train")
            for example in file.examples
        ]
        own = {row["text"] for _, row in read}
        for rows in found.values():
            for text in own & rows.keys():
                del rows[text]
        for intent, row in read:
            found.setdefault(intent, {})[row["text"]] = row
    return {intent: [rows[text] for text in sorted(rows)] for intent, rows in found.items() if rows}


def _writer(path: Path) -> str:
    """Who wrote a file: the number of its folder (``inquiry3`` → ``3``); the first have none."""
    return path.parent.name.lstrip("abcdefghijklmnopqrstuvwxyz_") or "1"


def _example(example: Example, *, by: str) -> dict[str, Any]:
    labels = {
        "by": by,
        "need": example.need,
        "asker": example.asker,
        "also": list(example.also),
        "wants": list(example.wants),
        "judgement": example.judgement,
    }
    kept = {key: value for key, value in labels.items() if value}
    text = escape_markup(normalise(example.text).replace("\n", " "))
    return {"text": text, "metadata": kept}


def escape_markup(text: str) -> str:
    """Square brackets would be read by Rasa as entity marks; a sentence keeps round ones."""
    return text.replace("[", "(").replace("]", ")")


def _names(
    roots: list[Path], names: Mapping[str, Mapping[str, Iterable[str]]]
) -> list[dict[str, Any]]:
    tables: dict[str, dict[str, str]] = {}
    for _, file in name_files(roots):
        _add(tables.setdefault(file.kind, {}), file.values)
    for kind, values in names.items():
        _add(tables.setdefault(kind, {}), values)
    blocks: list[dict[str, Any]] = []
    for kind, table in sorted(tables.items()):
        blocks.append({"lookup": kind, "examples": _lines(table)})
        spelled: dict[str, list[str]] = {}
        for name, value in table.items():
            spelled.setdefault(value, []).append(f"{kind}:{name}")
        blocks += [
            {"synonym": value, "examples": _lines(names)}
            for value, names in sorted(spelled.items())
        ]
    return blocks


def _add(table: dict[str, str], values: Mapping[str, Iterable[str]]) -> None:
    """Add spellings; ids (of programmes) are no spelling, names are."""
    for value, spellings in sorted(values.items()):
        own = () if value.isascii() else (value,)
        for name in (*own, *spellings):
            table.setdefault(normalise(name), value)


def _lines(names: Iterable[str]) -> str:
    return "".join(f"- {name}\n" for name in sorted(names))


class _ReadableDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Lists of names as one line each, so that a difference is readable; in C, for it stands
    between an approved sentence and its model."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if text.endswith("\n") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_ReadableDumper.add_representer(str, _text)


def _write(path: Path, content: dict[str, Any]) -> None:
    text = yaml.dump(
        {"version": "3.1", **content},
        Dumper=_ReadableDumper,
        allow_unicode=True,
        sort_keys=False,
        width=100_000,
    )
    path.write_text(text, encoding="utf-8")
