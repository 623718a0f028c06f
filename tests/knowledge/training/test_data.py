from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import ContentError
from knowledge.training.data import intent_files, name_files


def test_files_come_sorted_by_path_and_overlays_after_the_shipped(
    data: Any, tmp_path: Path
) -> None:
    overlay = tmp_path / "overlay"
    (overlay / "train" / "a").mkdir(parents=True)
    (overlay / "train" / "a" / "patents.yml").write_text(
        "intent: patents\nexamples: []\n", encoding="utf-8"
    )

    paths = [path for path, _ in intent_files([data.root, overlay], "train")]

    assert paths[:-1] == sorted(paths[:-1])
    assert paths[-1] == overlay / "train" / "a" / "patents.yml"


def test_a_part_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(intent_files([tmp_path], "heldout")) == []
    assert list(name_files([tmp_path])) == []


def test_a_sentence_keeps_its_text_as_typed_and_its_labels(data: Any) -> None:
    data.train(
        "patents",
        data.row(
            text=" ﾄｯｷｮ　ほしい ",
            asker="sole",
            also=["designs", "contracts"],
            wants=["human"],
            judgement=True,
            register="halfkana",
        ),
    )
    files = {file.intent: file for _, file in intent_files([data.root], "train")}

    example = files["patents"].examples[0]

    assert example.text == " ﾄｯｷｮ　ほしい "
    assert (example.need, example.asker) == ("procedure", "sole")
    assert example.also == ("designs", "contracts")
    assert (example.wants, example.judgement) == (("human",), True)
    assert example.register_ == "halfkana"


@pytest.mark.parametrize(
    "text",
    [
        "intent: patents\nexamples: [\n",
        "intent: patents\nexamples:\n  - {text: a, colour: red}\n",
        'intent: patents\nexamples:\n  - {text: ""}\n',
        "examples: []\n",
        "[]\n",
    ],
)
def test_a_file_of_another_shape_is_refused_with_its_path(data: Any, text: str) -> None:
    path = data.text("train/inquiry2/patents.yml", text)

    with pytest.raises(ContentError) as caught:
        list(intent_files([data.root], "train"))

    assert str(caught.value).startswith(f"{path}: ")


def test_a_lookup_is_a_kind_with_values_and_spellings(data: Any) -> None:
    (_, names), *rest = name_files([data.root])

    assert rest == []
    assert names.kind == "right"
    assert names.values == {"patents": ("特許",)}


def test_a_lookup_of_another_shape_is_refused(data: Any) -> None:
    path = data.text("lookups/x.yml", "kind: right\n")

    with pytest.raises(ContentError) as caught:
        list(name_files([data.root]))

    assert str(caught.value).startswith(f"{path}: ")
