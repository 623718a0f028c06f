"""The quick reader of the export gives what Rasa's own reader gives."""

import copy
from pathlib import Path

from components.export_importer import ExportImporter
from rasa.shared.importers.rasa import RasaFileImporter

PATENTS = """version: '3.1'
nlu:
- intent: patents
  examples:
  - text: 特許を出したい
    metadata:
      by: '1'
      need: procedure
  - text: 発明の届け出
    metadata:
      by: '2'
"""
NAMES = """version: '3.1'
nlu:
- lookup: city
  examples: |
    - 浜松
    - 浜松市
- synonym: 静岡県浜松市
  examples: |
    - city:浜松
    - city:浜松市
"""


def _export(folder: Path) -> str:
    (folder / "patents.yml").write_text(PATENTS, encoding="utf-8")
    (folder / "names.yml").write_text(NAMES, encoding="utf-8")
    return str(folder)


def test_sentences_labels_and_names_are_those_of_rasas_reader(tmp_path: Path) -> None:
    folder = _export(tmp_path)
    ours = ExportImporter(training_data_paths=[folder]).get_nlu_data()
    stock = RasaFileImporter(training_data_paths=[folder]).get_nlu_data()

    def told(data: object) -> list[tuple[object, object, object]]:
        messages = data.training_examples  # type: ignore[attr-defined]
        return [(m.get("text"), m.get("intent"), m.get("metadata")) for m in messages]

    assert told(ours) == told(stock)
    assert ours.entity_synonyms == stock.entity_synonyms
    assert ours.lookup_tables == stock.lookup_tables


def test_a_folder_without_names_goes_rasas_way(tmp_path: Path) -> None:
    (tmp_path / "patents.yml").write_text(PATENTS, encoding="utf-8")
    data = ExportImporter(training_data_paths=[str(tmp_path)]).get_nlu_data()
    assert {m.get("text") for m in data.training_examples} == {"特許を出したい", "発明の届け出"}


def test_another_label_is_another_fingerprint_and_a_copy_is_the_same(tmp_path: Path) -> None:
    data = ExportImporter(training_data_paths=[_export(tmp_path)]).get_nlu_data()
    first, second = data.training_examples
    assert first.fingerprint() != second.fingerprint()
    assert copy.deepcopy(first).fingerprint() == first.fingerprint()
    before = first.fingerprint()
    first.set("text_tokens", [1])
    assert first.fingerprint() != before
