"""Many events, some twice, late or forged, a failing platform, and the product killed in between.

The whole load (2,000 events at 50 a second) is ``python -m tests.bench.bench_line``; this is its
short form. How fast it acknowledges is measured there, not asserted here.
"""

from pathlib import Path

import pytest

from tests.bench.bench_line import problems
from tests.support.content import copy_database, template_database
from tests.support.line_standin.load import Plan, run


@pytest.mark.parametrize("kill_at", [None, 0.5])
async def test_each_event_is_handled_once_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, kill_at: float | None
) -> None:
    copy_database(template_database(tmp_path_factory), tmp_path / "product.db")
    plan = Plan(events=150, per_second=50, chats=30, kill_at=kill_at)

    outcome = await run(plan, tmp_path / "product.db")

    slow = "acknowledged after a second"
    assert [p for p in problems(outcome) if not p.startswith(slow)] == []
    assert outcome.genuine == outcome.handled > 130
    assert outcome.calls["too_many"] + outcome.calls["error_before"] > 0
    assert outcome.kills == (1 if kill_at else 0)
