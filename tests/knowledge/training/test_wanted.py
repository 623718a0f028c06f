"""Where sentences help: read off real fits, weighed by traffic, never surer than the fits are."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.database import keyring, transaction
from knowledge.errors import NotAllowedError
from knowledge.training import wanted
from knowledge.training.curve import Point, curves
from knowledge.training.gate import TopicScore
from knowledge.training.report import Report, make
from knowledge.training.wanted import Curves
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOW, maintainer, said
from tests.support.staff import person


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        yield opened


def _points(intent: str, *rights: tuple[int, int, int], total: int = 400) -> list[Point]:
    """Three parts (100, 200, 400 sentences) of 100 judged, per division of the writers."""
    return [
        Point(intent=intent, fold=fold, total=total, trained=trained, right=right, n=100)
        for fold, three in enumerate(rights)
        for trained, right in zip((100, 200, 400), three, strict=True)
    ]


def test_the_last_doubling_tells_what_twenty_more_bring() -> None:
    (curve,) = curves(_points("designs", (40, 70, 80), (42, 71, 80), (41, 69, 80)))

    assert curve.total == 400
    assert [(step.trained, round(step.share, 2)) for step in curve.steps] == [
        (100, 0.41),
        (200, 0.7),
        (400, 0.8),
    ]
    assert curve.gain == pytest.approx(10 * 0.0704, abs=0.001)  # log2(420 / 400) doublings
    assert 0 < curve.low < curve.gain < curve.high
    assert curve.helps


def test_divisions_that_disagree_leave_it_open_whether_sentences_help() -> None:
    (curve,) = curves(_points("designs", (60, 70, 95), (60, 80, 70), (60, 75, 76)))

    assert curve.low < 0 < curve.high
    assert not curve.helps


def test_one_division_says_nothing_sure() -> None:
    (curve,) = curves(_points("designs", (40, 70, 80)))

    assert not curve.bounded
    assert not curve.helps


def test_topics_with_more_to_gain_come_first_and_empty_points_do_not_count() -> None:
    flat = _points("patents", (80, 80, 80), (80, 80, 80))
    steep = _points("designs", (40, 60, 80), (40, 60, 80))
    empty = [Point(intent="contracts", fold=0, total=10, trained=5, right=0, n=0)]

    assert [curve.intent for curve in curves([*flat, *steep, *empty])] == ["designs", "patents"]


def _report(*topics: TopicScore) -> Report:
    return make([], after={}, before=None, against=None).model_copy(update={"topics": topics})


def _wanted(session: Session, report: Report | None, found: Curves | None) -> list[str]:
    rows = wanted.wanted(session=session, report=report, found=found, actor=maintainer(), now=NOW)
    return [row.intent for row in rows]


def test_gain_is_weighed_by_what_visitors_ask(session: Session) -> None:
    for _ in range(9):
        said(session, "特許の相談です", topic="patents")
    said(session, "意匠の相談です", topic="designs")
    steep = _points("designs", (40, 60, 80), (40, 60, 80))
    less = _points("patents", (40, 70, 80), (40, 70, 80))
    found = Curves(NOW, curves([*steep, *less]))

    assert [curve.intent for curve in found.curves] == ["designs", "patents"]
    assert _wanted(session, None, found) == ["patents", "designs"]


def test_without_a_curve_errors_and_traffic_give_a_rough_order(session: Session) -> None:
    for _ in range(5):
        said(session, "特許の相談です", topic="patents")
    said(session, "意匠の相談です", topic="designs")
    report = _report(
        TopicScore(intent="patents", n=10, before=8, after=8),
        TopicScore(intent="designs", n=10, before=6, after=6),
        TopicScore(intent="smalltalk", n=10, before=0, after=0),
    )

    assert _wanted(session, report, None) == ["patents", "designs"]
    assert _wanted(session, None, None) == []


def test_the_newest_curve_is_the_one_that_counts(session: Session) -> None:
    for run_id, right in ((1, 70), (2, 90)):
        wanted.keep_curve(
            session=session,
            run_id=run_id,
            data_hash="x",
            points=_points("designs", (40, 60, right)),
            now=NOW + timedelta(hours=run_id),
        )

    found = wanted.newest_curves(session=session, actor=maintainer())

    assert found is not None
    assert found.curves[0].steps[-1].share == 0.9
    with pytest.raises(NotAllowedError):
        wanted.newest_curves(session=session, actor=person())
