"""Two parties of one quarrel at one office: noticed without names, led to another office."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.catalogue import Catalogue
from knowledge.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.handoffs import inbox, service
from knowledge.handoffs.conflicts import other_office
from tests.support.content import shipped_catalogue
from tests.support.desk import Guest, arrive, events_of, write
from tests.support.staff import AICHI, OPEN_MOMENT, SHIZUOKA, person

NOW = OPEN_MOMENT
CHIEF = person("chief", roles=("staff", "manager"))
SATO = person()


@pytest.fixture
def quarrel(engine: Engine) -> tuple[Guest, Guest]:
    """The first party is at the desk; the second asks for a person."""
    first, second = arrive(engine), arrive(engine, text="商標のことで警告書が届きました")
    first.amends(company="株式会社見本製作所", opponents=["手本商事"])
    first.asks()
    second.amends(company="手本商事（株）")
    second.asks()
    return first, second


def test_the_second_party_is_held_and_learns_nothing(quarrel: tuple[Guest, Guest]) -> None:
    first, second = quarrel

    assert (first.case().state, second.case().state) == ("queued", "held")
    said = second.words()
    assert "担当の窓口を確かめてから" in said
    for leak in ("相手", "見本製作所", "別の方", "利益"):
        assert leak not in said.replace("相手の", ""), leak


def test_only_a_manager_sees_a_held_case(engine: Engine, quarrel: tuple[Guest, Guest]) -> None:
    reference = quarrel[1].case().reference

    for actor, seen in ((SATO, False), (CHIEF, True)):
        page = write(engine, inbox.list_cases, actor=actor, now=NOW)
        assert (reference in [row.reference for row in page.items]) is seen
    with pytest.raises(NotFoundError):
        write(engine, service.claim, reference=reference, actor=SATO, now=NOW)
    with pytest.raises(ConflictError):
        write(engine, service.claim, reference=reference, actor=CHIEF, now=NOW)


def test_no_name_stands_in_trail_or_columns(engine: Engine, quarrel: tuple[Guest, Guest]) -> None:
    with Session(engine) as session:
        lines = session.exec(select(AuditEntry)).all()

    (found,) = [line for line in lines if line.action == "case.conflict"]
    assert found.detail["proposed"] == "inpit-chizai-sogo-madoguchi/20"
    assert "見本" not in str([line.detail for line in lines])


def test_another_office_takes_it_on_a_recorded_instruction(
    engine: Engine, quarrel: tuple[Guest, Guest]
) -> None:
    second = quarrel[1]
    told: dict[str, Any] = {"reference": second.case().reference, "now": NOW}
    decide = service.resolve_conflict

    with pytest.raises(NotFoundError):
        write(engine, decide, decision="stay", instruction="x", actor=SATO, **told)
    with pytest.raises(InvalidInputError):
        write(engine, decide, decision="other_office", instruction=" ", actor=CHIEF, **told)
    row = write(
        engine,
        decide,
        decision="other_office",
        instruction="INPIT 2026年11月20日の指示",
        actor=CHIEF,
        **told,
    )

    assert (row.office, row.state) == ("inpit-chizai-sogo-madoguchi/20", "queued")
    assert not row.conflict
    kinds = [e.kind for e in events_of(engine, second.case().reference)]
    assert kinds[-3:] == ["held", "resolved", "transferred"]
    assert "長野県" in second.words()


def test_a_manager_may_let_it_stay(engine: Engine, quarrel: tuple[Guest, Guest]) -> None:
    row = write(
        engine,
        service.resolve_conflict,
        reference=quarrel[1].case().reference,
        decision="stay",
        instruction="同じ名前の別の会社",
        actor=CHIEF,
        now=NOW,
    )

    assert (row.office, row.state) == (SHIZUOKA, "queued")


def test_at_different_offices_nothing_meets(engine: Engine) -> None:
    first, second = arrive(engine), arrive(engine, prefecture="愛知県")
    first.amends(company="見本製作所", opponents=["手本商事"])
    first.asks()
    second.amends(company="手本商事")

    assert second.asks().position == 1


def test_the_same_company_twice_is_no_quarrel(engine: Engine) -> None:
    for _ in range(2):
        guest = arrive(engine)
        guest.amends(company="見本製作所", opponents=["手本商事"])
        assert guest.asks().position is not None


@pytest.fixture
def catalogue(template: Any) -> Catalogue:
    return shipped_catalogue(template)


@pytest.mark.parametrize(
    ("office", "proposed"),
    [
        (SHIZUOKA, None),
        ("inpit-chizai-sogo-madoguchi/47", "46"),
        ("inpit-chizai-sogo-madoguchi/01", "02"),
        ("kaigai-tenkai-chizai-madoguchi", "none"),
        ("inpit-chizai-sogo-madoguchi", "none"),
    ],
)
def test_the_office_proposed_is_a_near_one(
    catalogue: Catalogue, office: str, proposed: str | None
) -> None:
    found = other_office(office, catalogue)

    if proposed == "none":
        assert found is None
        return
    assert found is not None
    assert found != office
    here, there = (catalogue.prefecture(o.split("/")[1]) for o in (office, found))
    assert here is not None
    assert there is not None
    if proposed is None:
        assert here.block == there.block
    else:
        assert there.jis == proposed


def test_who_does_not_manage_the_office_decides_nothing(
    engine: Engine, quarrel: tuple[Guest, Guest]
) -> None:
    system_like = person("m", AICHI, roles=("manager",))

    with pytest.raises((NotFoundError, NotAllowedError)):
        write(
            engine,
            service.resolve_conflict,
            reference=quarrel[1].case().reference,
            decision="stay",
            instruction="x",
            actor=system_like,
            now=NOW,
        )
