"""Reads the exported language data for training: once, and with a parser written in C.

Rasa's own reader takes a minute for 9,000 sentences and reads them three times; the data is ours,
checked and normalised by the export, so that neither its validation nor its copies are needed.
Everything that is not an export folder (rules, stories) goes Rasa's way.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

NAMES = "names.yml"
"""The file by which an export folder is known: names the field uses, as lookups and synonyms."""

SAID = "_madoguchi_said"
"""Where a sentence keeps the hash of its text and labels: Rasa asks for it a dozen times."""


class ExportedMessage(Message):
    """A training sentence that is never copied; its fingerprint is that of text and labels."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "ExportedMessage":
        return self

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """As Rasa's; a changed text or label is another sentence."""
        if prop in (TEXT, INTENT, "metadata") and self.data.get(prop) != info:
            self.__dict__.pop(SAID, None)
        super().set(prop, info, add_to_output)

    def fingerprint(self) -> str:
        """Hash of what the export says of the sentence, and of what components have added."""
        if SAID not in self.__dict__:
            labels = json.dumps([self.get(INTENT), self.get("metadata")], sort_keys=True)
            self.__dict__[SAID] = hashlib.sha1(  # noqa: S324  (a name, not a secret)
                f"{self.get(TEXT)}\0{labels}".encode()
            )
        whole = self.__dict__[SAID].copy()
        whole.update("\0".join(["", *sorted(self.data)]).encode())
        return str(whole.hexdigest())


class ExportImporter(RasaFileImporter):
    """Rasa's importer for files, except for export folders."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        given = (
            [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths
        )
        self._exports = [Path(p) for p in given or [] if (Path(p) / NAMES).is_file()]
        others = [p for p in given or [] if Path(p) not in self._exports]
        super().__init__(config_file, domain_path, others)

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All sentences and names of the export folders."""
        data = super().get_nlu_data(language)
        return data.merge(*(_read(folder) for folder in self._exports))


@lru_cache(maxsize=2)
def _read(folder: Path) -> TrainingData:
    messages: list[Message] = []
    synonyms: dict[str, str] = {}
    lookups: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yml")):
        with path.open(encoding="utf-8") as file:
            blocks = yaml.load(file, Loader=yaml.CSafeLoader)["nlu"]
        for block in blocks:
            if "intent" in block:
                messages += [_message(block["intent"], e) for e in block["examples"]]
            elif "lookup" in block:
                lookups.append({"name": block["lookup"], "elements": _lines(block["examples"])})
            else:
                synonyms |= dict.fromkeys(_lines(block["examples"]), block["synonym"])
    return TrainingData(messages, synonyms, lookup_tables=lookups)


def _message(intent: str, example: dict[str, Any]) -> ExportedMessage:
    labels = {"example": example["metadata"]} if example.get("metadata") else None
    data = {TEXT: example["text"], INTENT: intent, "metadata": labels}
    return ExportedMessage(data={key: value for key, value in data.items() if value})


def _lines(text: str) -> list[str]:
    return [line.removeprefix("- ") for line in text.splitlines() if line.strip()]
