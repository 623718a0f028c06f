"""The state of a handoff follows from its events, whatever the order of asking."""

import pytest
from sqlalchemy import Engine

from knowledge.handoffs import rules, service
from knowledge.handoffs.events import happened
from knowledge.handoffs.rules import Happened, Standing, fold
from knowledge.handoffs.views import OPEN_STATES
from tests.support.desk import arrive, events_of, write
from tests.support.staff import AICHI, OPEN_MOMENT, person

THREADS = [
    ([], Standing("draft")),
    (["confirmed"], Standing("new")),
    (["confirmed", "requested", "queued"], Standing("queued")),
    (["confirmed", "queued", "claimed"], Standing("active", "sato")),
    (["confirmed", "queued", "claimed", "waiting"], Standing("pending", "sato")),
    (["confirmed", "queued", "claimed", "waiting", "resumed"], Standing("active", "sato")),
    (["confirmed", "queued", "claimed", "released"], Standing("new")),
    (["confirmed", "queued", "withdrawn"], Standing("new")),
    (["confirmed", "queued", "claimed", "transferred"], Standing("queued")),
    (["confirmed", "queued", "claimed", "moved"], Standing("queued")),
    (["confirmed", "held"], Standing("held")),
    (["confirmed", "held", "resolved", "queued"], Standing("queued")),
    (["confirmed", "queued", "claimed", "closed"], Standing("closed")),
    (["confirmed", "queued", "claimed", "closed", "reopened"], Standing("queued")),
    (["confirmed", "queued", "claimed", "merged"], Standing("merged")),
]


@pytest.mark.parametrize(("kinds", "standing"), THREADS)
def test_a_thread_amounts_to_one_state(kinds: list[str], standing: Standing) -> None:
    assert fold(Happened(kind, "sato") for kind in kinds) == standing


@pytest.mark.parametrize("kind", sorted(rules.SILENT))
def test_what_only_tells_changes_nothing(kind: str) -> None:
    before = Standing("active", "sato")

    assert rules.step(before, Happened(kind, "other")) == before


def test_a_case_reopened_in_the_race_goes_back_to_who_had_it() -> None:
    closed = fold([Happened("confirmed"), Happened("claimed", "sato"), Happened("closed", "sato")])

    assert rules.step(closed, Happened("reopened", "v", keeps="sato")) == Standing("active", "sato")


def test_an_event_nobody_knows_is_a_bug() -> None:
    with pytest.raises(ValueError, match="vanished"):
        rules.step(Standing(), Happened("vanished"))


def test_the_columns_of_a_case_say_what_its_events_say(engine: Engine) -> None:
    guest = arrive(engine)
    reference = guest.asks().reference
    sato, now = person(), OPEN_MOMENT
    told = {"reference": reference, "actor": sato, "now": now}
    steps = (
        lambda: write(engine, service.claim, **told),
        lambda: write(engine, service.wait, **told),
        lambda: guest.says("聞こえますか"),
        lambda: write(engine, service.release, **told),
        lambda: guest.asks(),
        lambda: write(engine, service.claim, **told),
        lambda: write(engine, service.to_queue, **told),
        lambda: write(engine, service.claim, **told),
        lambda: write(engine, service.close, outcome="answered", **told),
        lambda: write(engine, service.reopen, **told),
        lambda: write(engine, service.transfer, office=AICHI, reason="本社", **told),
    )

    for step in steps:
        step()
        case = guest.case()
        assert fold(happened(events_of(engine, reference))) == Standing(
            case.state,  # type: ignore[arg-type]
            case.assignee,
        )
        assert case.ongoing is (case.state in OPEN_STATES)
    assert {e.kind for e in events_of(engine, reference)} <= rules.KINDS
