"""Numbers as people write them."""

import pytest

from knowledge.triage.numbers import parse_number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("8", 8),
        ("八", 8),
        ("十二", 12),
        ("二百五十", 250),
        ("1千万", 10_000_000),
        ("3,000万", 30_000_000),
        ("1億", 100_000_000),
        ("1億5千万", 150_000_000),
        ("1.5億", 150_000_000),
        ("三千", 3_000),
        ("二〇", 20),
        ("百", 100),
    ],
)
def test_a_number_is_read_as_it_is_meant(words: str, number: int) -> None:
    assert parse_number(words) == number


@pytest.mark.parametrize("words", ["", "数", "たくさん", ",."])
def test_what_is_no_number_gives_none(words: str) -> None:
    assert parse_number(words) is None
