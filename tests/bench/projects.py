"""Makes the two measured Rasa projects: the same sentences, domain and rules, two pipelines.

Every intent of the product's domain is answered by ``action_nothing``; the sentences are the
product's own export, all of them or evenly thinned out.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench.nothing_server import NAME
from tests.bench.processes import BOT

STOCK = Path(__file__).resolve().parent / "stock"
Yaml = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """One Rasa project in a folder of its own; ``sentences`` counts what it is trained on."""

    folder: Path
    sentences: int

    @property
    def model(self) -> Path:
        """Where its model is written."""
        return self.folder / "models" / "measured.tar.gz"


def make_projects(
    *, export: Path, to: Path, sentences: int, epochs: int
) -> tuple[Project, Project]:
    """Stock and ours over at most ``sentences`` sentences; ``epochs`` is for stock's networks."""
    stock, ours = to / "stock", to / "ours"
    for folder in (stock, ours):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "data").mkdir(parents=True)
    count = _thin_out(export, (stock / "data", ours / "data"), sentences)
    domain = _domain()
    for folder in (stock, ours):
        _write(folder / "domain.yml", domain)
        _write(folder / "rules.yml", _rules(domain))
    _write(stock / "stories.yml", _stories(domain))
    _write(stock / "config.yml", _stock_config(epochs))
    _write(ours / "config.yml", _ours_config())
    return Project(stock, count), Project(ours, count)


def _domain() -> Yaml:
    """The product's domain with one action."""
    merged: Yaml = {"version": "3.1", "intents": [], "entities": [], "slots": {}}
    for path in sorted((BOT / "domain").glob("*.yml")):
        part = _read(path)
        merged["intents"] += part.get("intents", [])
        merged["entities"] += part.get("entities", [])
        merged["slots"].update(part.get("slots", {}))
        merged.setdefault("session_config", part.get("session_config"))
        merged["session_config"] = part.get("session_config") or merged["session_config"]
    merged["actions"] = [NAME]
    return merged


def _intents(domain: Yaml) -> list[str]:
    return [next(iter(i)) if isinstance(i, dict) else i for i in domain["intents"]]


def _rules(domain: Yaml) -> Yaml:
    def rule(intent: str) -> Yaml:
        return {"rule": intent, "steps": [{"intent": intent}, {"action": NAME}]}

    return {"version": "3.1", "rules": [rule(intent) for intent in _intents(domain)]}


def _stories(domain: Yaml) -> Yaml:
    """Two turns each: without stories Rasa would not train TED at all."""
    intents = _intents(domain)
    stories = [
        {
            "story": f"{first} then {then}",
            "steps": [{"intent": first}, {"action": NAME}, {"intent": then}, {"action": NAME}],
        }
        for first, then in zip(intents, intents[1:] + intents[:1], strict=True)
    ]
    return {"version": "3.1", "stories": stories}


def _stock_config(epochs: int) -> Yaml:
    config = _read(STOCK / "config.yml")
    for part in [*config["pipeline"], *config["policies"]]:
        if "epochs" in part:
            part["epochs"] = epochs
    return config


def _ours_config() -> Yaml:
    """The product's own configuration; only what is asked back has another name here."""
    config = _read(BOT / "config.yml")
    for policy in config["policies"]:
        if "core_fallback_action_name" in policy:
            policy["core_fallback_action_name"] = NAME
    return config


def _thin_out(export: Path, folders: tuple[Path, ...], most: int) -> int:
    """Copy the export, every k-th sentence of each intent if there are more than ``most``."""
    files = {path: _read(path) for path in sorted(export.glob("*.yml"))}
    total = sum(len(_examples(content)) for content in files.values())
    keep_every = max(1, -(-total // most))
    kept = 0
    for path, content in files.items():
        for block in content["nlu"]:
            if "intent" in block and isinstance(block["examples"], list):
                block["examples"] = block["examples"][::keep_every]
        kept += len(_examples(content))
        for folder in folders:
            _write(folder / path.name, content)
    return kept


def _examples(content: Yaml) -> list[Any]:
    blocks = [b["examples"] for b in content["nlu"] if "intent" in b]
    return [example for block in blocks if isinstance(block, list) for example in block]


def _read(path: Path) -> Yaml:
    content: Yaml = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


def _write(path: Path, content: Yaml) -> None:
    path.write_text(yaml.dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
