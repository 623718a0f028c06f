"""The short form of the soak, and that its judge sees what it is there to see."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.line import Answer
from tests.bench.soak import Findings, complaints, judge, soak
from tests.support.product import Product

SECONDS = 20.0


def _answer(*offices: str, status: int = 200) -> Answer:
    cards = [{"title": f"INPIT{office}知財総合支援窓口"} for office in offices]
    body: dict[str, Any] = {"replies": [{"parts": cards}]}
    return Answer(status, json.dumps(body, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("answer", "must_name", "wrong"),
    [
        (_answer("青森県"), True, 0),
        (_answer(), False, 0),
        (_answer(), True, 1),
        (_answer("岩手県"), False, 1),
        (_answer("岩手県", "青森県"), True, 1),
        (_answer("青森県", status=503), True, 1),
        (Answer(200, b'{"replies": []}'), False, 1),
    ],
)
def test_the_judge_sees_errors_silence_and_answers_of_others(
    answer: Answer, must_name: bool, wrong: int
) -> None:
    found = Findings()
    judge(answer, "青森県", found, must_name=must_name)
    assert len(found.wrong) == wrong


def test_a_soak_that_saw_nothing_is_not_clean() -> None:
    assert not Findings(turns=10).clean
    assert Findings(turns=10, named=3).clean


def test_only_complaints_of_its_own_time_are_counted(tmp_path: Path) -> None:
    product = Product(tmp_path / "var", ready_models=None)
    (product.data_dir / "logs").mkdir()
    log = product.data_dir / "logs" / "web.log"
    log.write_text('{"level": "ERROR", "message": "the bot gave no answer"}\n')
    already = {log: log.stat().st_size}
    assert complaints(product, already) == []
    with log.open("a") as more:
        more.write('{"level": "INFO", "message": "fine"}\nTraceback (most recent call last):\n')
    assert complaints(product, already) == ["web.log: 1 complaints"]
    product.http.close()


@pytest.mark.rasa
async def test_many_conversations_at_once_never_get_each_others_answers(product: Product) -> None:
    found = await soak(product, seconds=SECONDS)
    assert found.wrong == []
    assert found.clean
