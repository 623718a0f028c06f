from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.programmes.entry import Programme, Round

Entry = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("opens", "closes", "day", "state"),
    [
        ("2026-03-02", "2026-03-23", "2026-03-01", "upcoming"),
        ("2026-03-02", "2026-03-23", "2026-03-02", "open"),
        ("2026-03-02", "2026-03-23", "2026-03-23", "open"),
        ("2026-03-02", "2026-03-23", "2026-03-24", "closed"),
        (None, "2026-03-23", "2026-03-24", "closed"),
        (None, "2026-03-23", "2026-03-20", "unknown"),
        ("2026-03-02", None, "2026-03-20", "open"),
        (None, None, "2026-03-20", "unknown"),
    ],
)
def test_a_call_says_its_state_on_a_day(
    opens: str | None, closes: str | None, day: str, state: str
) -> None:
    call = Round.model_validate({"name": "第2回公募", "opens_on": opens, "closes_on": closes})

    assert call.state_on(date.fromisoformat(day)) == state


def _with_rounds(make_entry: Entry, *rounds: dict[str, Any]) -> Programme:
    return Programme.model_validate(make_entry("programme", rounds=list(rounds)))


def test_when_all_calls_are_over_it_says_closed_and_next_not_announced(make_entry: Entry) -> None:
    programme = _with_rounds(
        make_entry, {"name": "令和7年度公募", "opens_on": "2025-01-09", "closes_on": "2025-02-14"}
    )

    note = programme.rounds_note(date(2026, 11, 20))

    assert note is not None
    assert "公募は終了しています" in note
    assert "令和7年度公募" in note
    assert "次回は発表されていません（2026年11月20日時点）" in note


def test_an_open_call_is_named_before_a_coming_one(make_entry: Entry) -> None:
    programme = _with_rounds(
        make_entry,
        {"name": "第3回", "opens_on": "2026-08-01", "closes_on": "2026-08-31"},
        {"name": "第2回", "opens_on": "2026-03-02", "closes_on": "2026-03-23"},
    )

    assert "第2回」を2026年3月23日（月）まで" in (programme.rounds_note(date(2026, 3, 10)) or "")
    assert "第3回」は2026年8月1日（土）に" in (programme.rounds_note(date(2026, 4, 1)) or "")


def test_an_open_call_without_an_end_says_so(make_entry: Entry) -> None:
    programme = _with_rounds(make_entry, {"name": "通年", "opens_on": "2026-04-01"})

    note = programme.rounds_note(date(2026, 5, 1))

    assert note is not None
    assert "終わりの日は確認できていません" in note


def test_a_call_without_dates_is_told_as_not_confirmed(make_entry: Entry) -> None:
    programme = _with_rounds(make_entry, {"name": "次の公募"})

    assert "確認できていません" in (programme.rounds_note(date(2026, 5, 1)) or "")


def test_without_calls_there_is_no_note(make_entry: Entry) -> None:
    assert _with_rounds(make_entry).rounds_note(date(2026, 5, 1)) is None


def test_the_shown_source_names_its_place_but_not_our_file(make_entry: Entry) -> None:
    programme = Programme.model_validate(make_entry("programme"))

    assert programme.source.title == "特許庁 制度の案内 1(1)"
    assert programme.source in programme.cited
    assert "001_" not in programme.source.model_dump_json()


def test_an_unknown_key_is_refused(make_entry: Entry) -> None:
    with pytest.raises(ValidationError, match="adress"):
        Programme.model_validate(make_entry("programme", adress="x"))


def test_a_missing_key_is_refused_even_if_it_may_be_empty(make_entry: Entry) -> None:
    entry = make_entry("programme")
    del entry["successor"]

    with pytest.raises(ValidationError, match="successor"):
        Programme.model_validate(entry)


def test_an_entry_cannot_be_changed(make_entry: Entry) -> None:
    programme = Programme.model_validate(make_entry("programme"))

    with pytest.raises(ValidationError):
        programme.name = "別の名前"  # type: ignore[misc]
