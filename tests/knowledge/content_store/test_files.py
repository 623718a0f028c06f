from typing import Any

import pytest

from knowledge.articles import service as articles
from knowledge.content_store.files import read_yaml
from knowledge.errors import ContentError
from knowledge.programmes import service as programmes


def _only_problem(folder: Any) -> Any:
    (problem,) = programmes.shipped(root=folder.root).problems
    return problem


def test_a_missing_folder_is_an_empty_one(folder: Any) -> None:
    reading = programmes.shipped(root=folder.root)

    assert reading.found == ()
    assert reading.problems == ()


def test_a_key_given_twice_is_told_with_its_line(folder: Any) -> None:
    folder.text("programmes/a.yml", "id: a\nname: x\nname: y\n")

    problem = _only_problem(folder)

    assert problem.line == 3
    assert "「name」が2回" in problem.message


def test_broken_yaml_is_told_with_its_line(folder: Any) -> None:
    folder.text("programmes/a.yml", "id: a\nname: [x\nkind: desk\n")

    assert _only_problem(folder).line == 3


def test_a_file_that_is_a_list_is_told(folder: Any) -> None:
    folder.text("programmes/a.yml", "- id: a\n")

    assert "項目: 値" in _only_problem(folder).message


def test_another_encoding_is_told(folder: Any) -> None:
    path = folder.text("programmes/a.yml", "")
    path.write_bytes("id: 窓口\n".encode("cp932"))

    assert "UTF-8" in _only_problem(folder).message


def test_a_file_that_is_not_there_is_told(folder: Any) -> None:
    content, problems = read_yaml(folder.root / "no.yml")

    assert content is None
    assert "開けません" in problems[0].message


def test_python_objects_in_yaml_are_not_made(folder: Any) -> None:
    folder.text("programmes/a.yml", "id: !!python/object/apply:os.getcwd []\n")

    assert "YAML" in _only_problem(folder).message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "shop"}, "項目「kind」は"),
        ({"reviewed_on": "去年"}, "2026-11-20 の形の日付"),
        ({"topics": []}, "1個以上"),
        ({"needs": ["learn"] * 5}, "4個まで"),
        ({"offers": " "}, "項目「offers」が空です"),
        ({"operator": ["a"]}, "項目「operator」は文字で"),
        ({"colour": "red"}, "項目「colour」は決められていません"),
    ],
)
def test_each_wrong_key_is_told_in_japanese(
    folder: Any, changes: dict[str, Any], message: str
) -> None:
    folder.programme(**changes)

    problem = _only_problem(folder)

    assert message in problem.message
    assert problem.line is not None


def test_all_wrong_keys_of_a_file_are_told_at_once(folder: Any) -> None:
    folder.article("patents", answer="", valid_from="x", fence="law")

    assert len(articles.shipped(root=folder.root).problems) == 3


def test_a_loader_refuses_a_folder_with_problems_path_first(folder: Any) -> None:
    path = folder.programme(kind="shop")

    with pytest.raises(ContentError) as refused:
        programmes.shipped(root=folder.root).by_id()

    assert str(refused.value).startswith(f"{path}:2: ")
