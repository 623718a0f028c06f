from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.training.export import escape_markup, export_training

NAMES: Any = {"programme": {"ipas": ("IPAS", "アイパス")}, "prefecture": {"静岡県": ("静岡",)}}


def _export(data: Any, to: Path, **names: Any) -> str:
    return export_training(roots=[data.root], names=names or NAMES, to=to)


def _nlu(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_data_give_the_same_bytes_and_the_same_hash(data: Any, tmp_path: Path) -> None:
    first = _export(data, tmp_path / "a")
    second = _export(data, tmp_path / "b")

    assert first == second
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_the_order_of_sentences_in_a_file_does_not_matter(data: Any, tmp_path: Path) -> None:
    rows = [data.row(text=text) for text in ("特許 流れ", "実用新案 書類", "発明したあと")]
    data.train("patents", *rows)
    first = _export(data, tmp_path / "a")
    data.train("patents", *reversed(rows))

    assert _export(data, tmp_path / "b") == first


def test_one_changed_label_changes_the_hash(data: Any, tmp_path: Path) -> None:
    first = _export(data, tmp_path / "a")
    data.train("patents", data.row(need="learn"))

    assert _export(data, tmp_path / "a") != first


def test_texts_are_normalised_and_stand_on_one_line(data: Any, tmp_path: Path) -> None:
    data.train("patents", data.row(text="　ﾄｯｷｮの\nＦＡＸ番号［至急］ "))
    _export(data, tmp_path)

    (block,) = _nlu(tmp_path / "patents.yml")

    assert [row["text"] for row in block["examples"]] == ["トッキョの FAX番号(至急)"]


def test_labels_travel_as_metadata_and_the_register_stays_home(data: Any, tmp_path: Path) -> None:
    data.train(
        "patents",
        data.row(asker="sme", also=["designs"], wants=["human"], judgement=True),
    )
    _export(data, tmp_path)

    (block,) = _nlu(tmp_path / "patents.yml")

    assert block["intent"] == "patents"
    assert block["examples"][0]["metadata"] == {
        "by": "1",
        "need": "procedure",
        "asker": "sme",
        "also": ["designs"],
        "wants": ["human"],
        "judgement": True,
    }


def test_a_sentence_without_labels_says_only_who_wrote_it(data: Any, tmp_path: Path) -> None:
    _export(data, tmp_path)

    (block,) = _nlu(tmp_path / "smalltalk.yml")

    assert block["examples"] == [{"text": "おはようございます", "metadata": {"by": "1"}}]


def test_the_writer_is_the_number_of_the_folder(data: Any, tmp_path: Path) -> None:
    data.text("train/inquiry7/designs.yml", "intent: designs\nexamples:\n  - {text: 湯のみの形}\n")
    _export(data, tmp_path)

    (block,) = _nlu(tmp_path / "designs.yml")

    assert {row["metadata"]["by"] for row in block["examples"]} >= {"7"}


def test_two_files_of_one_intent_become_one_and_equal_texts_are_kept_once(
    data: Any, tmp_path: Path
) -> None:
    more = f'intent: patents\nexamples:\n  - {{text: "{data.row()["text"]}", need: cost}}\n'
    data.text("train/inquiry2/patents.yml", more + "  - {text: 実案, need: learn}\n")
    _export(data, tmp_path)

    (block,) = _nlu(tmp_path / "patents.yml")

    assert [row["metadata"]["need"] for row in block["examples"]] == ["cost", "learn"]


def test_heldout_sentences_are_never_exported(data: Any, tmp_path: Path) -> None:
    _export(data, tmp_path)

    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.yml"))

    assert "漁網" not in written


def test_files_of_intents_that_are_gone_are_removed(data: Any, tmp_path: Path) -> None:
    to = tmp_path / "export"
    to.mkdir()
    (to / "gone.yml").write_text("nlu: []\n", encoding="utf-8")

    _export(data, to)

    assert not (to / "gone.yml").exists()
    assert (to / "names.yml").exists()


def test_names_become_lookups_and_synonyms_keyed_by_kind(data: Any, tmp_path: Path) -> None:
    _export(data, tmp_path)

    blocks = _nlu(tmp_path / "names.yml")
    lookups = {b["lookup"]: b["examples"] for b in blocks if "lookup" in b}
    synonyms = {b["synonym"]: b["examples"] for b in blocks if "synonym" in b}

    assert lookups == {
        "prefecture": "- 静岡\n- 静岡県\n",
        "programme": "- IPAS\n- アイパス\n",
        "right": "- 特許\n",
    }
    assert synonyms["ipas"] == "- programme:IPAS\n- programme:アイパス\n"
    assert synonyms["静岡県"] == "- prefecture:静岡\n- prefecture:静岡県\n"


def test_a_spelling_belongs_to_the_first_value_that_claims_it(data: Any, tmp_path: Path) -> None:
    _export(data, tmp_path, city={"a": ("府中",), "b": ("府中", "福山")})

    synonyms = {b["synonym"]: b["examples"] for b in _nlu(tmp_path / "names.yml") if "synonym" in b}

    assert synonyms["a"] == "- city:府中\n"
    assert synonyms["b"] == "- city:福山\n"


@pytest.mark.parametrize(("text", "kept"), [("[特許](right)", "(特許)(right)"), ("特許", "特許")])
def test_square_brackets_are_no_entity_marks(text: str, kept: str) -> None:
    assert escape_markup(text) == kept


def test_an_own_sentence_wins_over_a_shipped_one_of_the_same_text(
    data: Any, tmp_path: Path
) -> None:
    text = "孫が描いたマークを包装紙に刷って使いたいのです"
    data.train("designs", data.row(text=text), data.row(text="見た目を守りたいです"))
    own = tmp_path / "own" / "train" / "inquiry90"
    own.mkdir(parents=True)
    row = f"  - {{text: {text}, need: learn, register: plain}}\n"
    (own / "trademarks.yml").write_text(f"intent: trademarks\nexamples:\n{row}", "utf-8")

    export_training(roots=[data.root, tmp_path / "own"], names=NAMES, to=tmp_path / "out")

    def texts(intent: str) -> list[str]:
        (block,) = _nlu(tmp_path / "out" / f"{intent}.yml")
        return [example["text"] for example in block["examples"]]

    assert text in texts("trademarks")
    assert texts("designs") == ["見た目を守りたいです"]
