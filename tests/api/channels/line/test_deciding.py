"""What follows a try with a reply token: the token works once, so doubt is never pushed."""

import pytest

from api.channels.line.client import Outcome
from api.channels.line.deciding import PAUSES, Step, next_step, pause_before

SENT, UNCLEAR, LIMITED = Outcome.SENT, Outcome.UNCLEAR, Outcome.LIMITED
TOKEN, UNREACHED, REFUSED = Outcome.TOKEN, Outcome.UNREACHED, Outcome.REFUSED

IN_TIME = [
    ([SENT], Step.SENT),
    ([UNCLEAR], Step.RETRY),
    ([UNCLEAR, SENT], Step.SENT),
    ([UNCLEAR, UNCLEAR], Step.UNCLEAR),
    ([UNCLEAR, TOKEN], Step.UNCLEAR),
    ([UNCLEAR, REFUSED], Step.UNCLEAR),
    ([UNCLEAR, LIMITED], Step.RETRY),
    ([UNCLEAR, LIMITED, UNCLEAR], Step.UNCLEAR),
    ([LIMITED], Step.RETRY),
    ([LIMITED, SENT], Step.SENT),
    ([LIMITED, UNCLEAR], Step.RETRY),
    ([LIMITED] * (len(PAUSES) + 1), Step.PUSH),
    ([UNREACHED], Step.RETRY),
    ([TOKEN], Step.PUSH),
    ([LIMITED, TOKEN], Step.PUSH),
    ([REFUSED], Step.REFUSED),
]
TOO_LATE = [
    ([UNCLEAR], Step.UNCLEAR),
    ([LIMITED], Step.PUSH),
    ([UNREACHED], Step.PUSH),
    ([UNCLEAR, LIMITED], Step.UNCLEAR),
    ([TOKEN], Step.PUSH),
    ([UNCLEAR, TOKEN], Step.UNCLEAR),
    ([SENT], Step.SENT),
]


@pytest.mark.parametrize(("ends", "step"), IN_TIME)
def test_while_the_token_is_good(ends: list[Outcome], step: Step) -> None:
    assert next_step(ends, in_time=True) == step


@pytest.mark.parametrize(("ends", "step"), TOO_LATE)
def test_after_the_token_is_too_old(ends: list[Outcome], step: Step) -> None:
    assert next_step(ends, in_time=False) == step


def test_what_may_have_been_said_is_never_pushed_and_every_way_ends() -> None:
    open_ways: list[tuple[Outcome, ...]] = [()]
    while open_ways:
        way = open_ways.pop()
        assert len(way) <= len(PAUSES) + 1
        for last in Outcome:
            for in_time in (True, False):
                step = next_step((*way, last), in_time=in_time)
                assert not (step == Step.PUSH and UNCLEAR in (*way, last))
                assert not (step == Step.RETRY and not in_time)
                if step == Step.RETRY:
                    open_ways.append((*way, last))


def test_pauses_grow_and_stay_within_the_minute() -> None:
    pauses = [pause_before(n, LIMITED) for n in range(1, len(PAUSES) + 1)]

    assert pauses == sorted(pauses)
    assert sum(pauses) < 15
    assert pause_before(1, UNCLEAR) < 1
