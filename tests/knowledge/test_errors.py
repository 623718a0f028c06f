import inspect
import re
from itertools import pairwise

import pytest

from knowledge import errors
from knowledge.errors import FieldProblem, MadoguchiError, TextTooLongError
from knowledge.wording.service import shipped

CLASSES: list[type[MadoguchiError]] = [
    item
    for _, item in inspect.getmembers(errors, inspect.isclass)
    if issubclass(item, MadoguchiError)
]
DRAWN = re.findall(r"^( *[│├└─ ]*)(\w+Error) +(\d{3})  (\w+)", errors.__doc__ or "", re.MULTILINE)


def test_the_drawing_names_each_class_with_its_status_and_code() -> None:
    drawn = {(name, int(status), code) for _, name, status, code in DRAWN}

    assert drawn == {(item.__name__, item.status, item.code) for item in CLASSES}
    assert len(DRAWN) == len(CLASSES)


def test_the_drawing_shows_who_descends_from_whom() -> None:
    depths = [(len(lead), name) for lead, name, _, _ in DRAWN]
    parents: list[str] = []
    for (depth, name), (next_depth, child) in pairwise(depths):
        parents = [*parents[: depth // 4 - 1], name]
        parent = parents[next_depth // 4 - 2] if next_depth > 4 else "MadoguchiError"
        assert getattr(errors, child).__bases__[0].__name__ == parent, child


@pytest.mark.parametrize("item", CLASSES, ids=lambda item: item.__name__)
def test_each_failure_has_a_sentence_a_status_and_a_reason(item: type[MadoguchiError]) -> None:
    assert item.wording in shipped().keys()  # noqa: SIM118  (keys() of a class of ours)
    assert 400 <= item.status < 600
    assert re.fullmatch(r"[a-z_]+", item.code)
    assert inspect.getdoc(item)


def test_each_code_means_one_class() -> None:
    codes = [item.code for item in CLASSES]

    assert sorted(set(codes)) == sorted(codes)


def test_without_a_detail_the_code_speaks() -> None:
    error = TextTooLongError()

    assert str(error) == "text_too_long"
    assert error.detail is None
    assert error.fields == ()


def test_a_failure_carries_the_fields_it_is_about() -> None:
    problem = FieldProblem("text", "長すぎます")

    assert TextTooLongError("長すぎます", fields=(problem,)).fields == (problem,)
