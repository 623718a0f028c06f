"""Numbers that can be read aloud: their check finds slips, their signs are never mistaken."""

import itertools
from datetime import date

import pytest

from knowledge.cases.references import ALPHABET, new_code, new_reference, read_code, read_reference

DAY = date(2026, 11, 20)


def test_a_number_is_read_back_however_it_is_written() -> None:
    number = new_reference(DAY)
    spoken = number.replace("-", "")

    for written in (
        number,
        number.lower(),
        spoken,
        f" {number} ",
        number.replace("-", "ー"),
        number.replace("-", "－"),
        " ".join(spoken),
        "".join(chr(ord(c) + 0xFEE0) for c in spoken),
    ):
        assert read_reference(written) == number, written


def test_every_single_slip_is_found() -> None:
    number = new_reference(DAY)

    for place in range(4, 9):
        for sign in set(ALPHABET) - {number[place]}:
            assert read_reference(number[:place] + sign + number[place + 1 :]) is None


def test_every_swap_of_two_signs_is_found() -> None:
    number = new_reference(DAY)

    for a, b in itertools.combinations(range(4, 9), 2):
        if number[a] != number[b]:
            signs = list(number)
            signs[a], signs[b] = signs[b], signs[a]
            assert read_reference("".join(signs)) is None


@pytest.mark.parametrize(
    "written", ["", "K26", "K26-00000-0", "x" * 500, "K26-4F7QM", "あ", "\x00"]
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert read_reference(written) is None


def test_no_sign_looks_like_another() -> None:
    assert not set(ALPHABET) & set("01OILSZB")
    assert len(ALPHABET) == 23


def test_a_code_is_long_and_read_without_hyphens() -> None:
    code = new_code()

    assert len(read_code(code)) == 12
    assert read_code(code.lower().replace("-", " ")) == read_code(code)
    assert len({new_code() for _ in range(100)}) == 100
