from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.articles.entry import Article

Entry = Callable[..., dict[str, Any]]


def _article(make_entry: Entry, **changes: Any) -> Article:
    entry = make_entry("article", id="patents-first", topic="patents", **changes)
    return Article.model_validate(entry)


def test_it_answers_its_main_topic_first(make_entry: Entry) -> None:
    assert _article(make_entry, also=["designs"]).topics == ("patents", "designs")


@pytest.mark.parametrize(
    ("day", "valid"), [("2026-11-19", False), ("2026-11-20", True), ("2027-03-31", True)]
)
def test_it_holds_from_its_first_day(make_entry: Entry, day: str, valid: bool) -> None:
    article = _article(make_entry, valid_to="2027-03-31")

    assert article.valid_on(date.fromisoformat(day)) is valid


def test_it_does_not_hold_after_its_last_day(make_entry: Entry) -> None:
    assert not _article(make_entry, valid_to="2027-03-31").valid_on(date(2027, 4, 1))


def test_it_holds_for_ever_without_a_last_day(make_entry: Entry) -> None:
    assert _article(make_entry).valid_on(date(2099, 1, 1))


def test_a_date_written_as_a_date_is_a_text_in_a_source(make_entry: Entry) -> None:
    source = {"title": "特許庁", "url": None, "as_of": date(2024, 8, 1), "confirmed": False}

    assert _article(make_entry, sources=[source]).sources[0].as_of == "2024-08-01"


def test_sources_can_be_told_apart_and_counted_once(make_entry: Entry) -> None:
    first, second = _article(make_entry), _article(make_entry)

    assert len(dict.fromkeys((*first.sources, *second.sources))) == 1


def test_an_article_without_a_source_is_refused(make_entry: Entry) -> None:
    with pytest.raises(ValidationError, match="sources"):
        _article(make_entry, sources=[])


def test_a_fence_is_one_of_the_two_the_law_draws(make_entry: Entry) -> None:
    assert _article(make_entry, fence="judgement").fence == "judgement"
    with pytest.raises(ValidationError, match="fence"):
        _article(make_entry, fence="opinion")
