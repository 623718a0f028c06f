"""The month's figures: ours, and the platform's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Engine

from knowledge.clock import TOKYO
from knowledge.database import transaction
from knowledge.line import counts

NOW = datetime(2026, 11, 30, 23, 59, tzinfo=TOKYO)
NEXT_MONTH = datetime(2026, 12, 1, 0, 0, tzinfo=TOKYO)


def test_nothing_sent_is_nothing_counted(engine: Engine) -> None:
    with transaction(engine) as session:
        found = counts.quota(session=session, now=NOW)

    assert (found.month, found.replies, found.pushes, found.left) == ("2026-11", 0, 0, None)


def test_each_kind_is_counted_by_the_month_in_tokyo(engine: Engine) -> None:
    with transaction(engine) as session:
        for what in ("reply", "reply", "push", "unclear"):
            counts.add(session=session, what=what, now=NOW)
        counts.add(session=session, what="push", now=NEXT_MONTH)
        november = counts.quota(session=session, now=NOW)
        december = counts.quota(session=session, now=NEXT_MONTH)

    assert (november.replies, november.pushes, november.unclear) == (2, 1, 1)
    assert (december.replies, december.pushes) == (0, 1)


def test_counting_at_once_loses_nothing(either: Engine) -> None:
    def add(_: int) -> None:
        with transaction(either) as session:
            counts.add(session=session, what="push", now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(40)))

    with transaction(either) as session:
        assert counts.quota(session=session, now=NOW).pushes == 40


def test_the_platforms_figures_say_what_is_left(engine: Engine) -> None:
    with transaction(engine) as session:
        counts.remember(session=session, limit=200, used=180, now=NOW)
        found = counts.quota(session=session, now=NOW)

    assert (found.limit, found.used, found.left, found.as_of) == (200, 180, 20, NOW)


def test_more_used_than_allowed_leaves_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        counts.remember(session=session, limit=200, used=230, now=NOW)

        assert counts.quota(session=session, now=NOW).left == 0


def test_last_months_figure_says_nothing_of_this_month(engine: Engine) -> None:
    with transaction(engine) as session:
        counts.remember(session=session, limit=200, used=180, now=NOW)

        assert counts.quota(session=session, now=NEXT_MONTH).left is None


def test_an_unlimited_account_has_no_left(engine: Engine) -> None:
    with transaction(engine) as session:
        counts.remember(session=session, limit=None, used=180, now=NOW)
        found = counts.quota(session=session, now=NOW)

    assert (found.limit, found.left) == (None, None)
