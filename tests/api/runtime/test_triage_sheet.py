"""Every label the sheet may need exists."""

from pathlib import Path

from api.runtime.triage_sheet import NEED_LABELS, sheet
from knowledge.triage.answer import Triage
from knowledge.vocabulary import NEEDS, NO_SUBJECT, TOPICS

ANSWER = (Path(__file__).parent / "triage_answer.json").read_text("utf-8")


def test_each_need_has_a_label() -> None:
    assert tuple(NEED_LABELS) == NEEDS


def test_each_topic_can_be_shown_without_a_desk() -> None:
    for topic in (*TOPICS, *NO_SUBJECT):
        assert "窓口は示していません" in sheet(Triage(topic=topic, confidence=0.5))


def test_empty_sections_are_left_out() -> None:
    shown = sheet(Triage(topic="smalltalk", confidence=1))
    assert [line for line in shown.splitlines() if line.startswith("■")] == ["■ 見立て", "■ 窓口"]


def test_what_is_not_confirmed_is_marked() -> None:
    shown = sheet(Triage.model_validate_json(ANSWER))
    assert "出典: 出典（要確認）" in shown
    assert "出典: 出典 https://source.example/" in shown
    assert "電話: 要確認" in shown


def test_the_safe_day_comes_first_and_names_the_right_it_holds_for() -> None:
    lines = sheet(Triage.model_validate_json(ANSWER)).splitlines()
    at = next(n for n, line in enumerate(lines) if "2026年10月31日" in line)
    assert "特許の場合 末日（休日の繰り下げ前）" in lines[at]
    assert "2026年11月2日" in lines[at + 1]
