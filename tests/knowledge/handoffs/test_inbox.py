"""Lists for staff: own places only, in order, page by page."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from knowledge.errors import InvalidInputError
from knowledge.handoffs import inbox, labels, service
from knowledge.handoffs.inbox import Filters, list_cases
from knowledge.handoffs.views import Page
from knowledge.staff.actor import Actor
from tests.support.desk import Guest, arrive, write
from tests.support.staff import AICHI, OPEN_MOMENT, SHIZUOKA, person

NOW = OPEN_MOMENT
SATO = person()
BOTH = person("both", SHIZUOKA, AICHI)


def queued(engine: Engine, minute: int = 0, **more: Any) -> Guest:
    guest = arrive(engine, now=NOW + timedelta(minutes=minute), **more)
    guest.asks()
    return guest


def listed(engine: Engine, actor: Actor = SATO, **values: Any) -> list[str]:
    filters = values.pop("filters", Filters())
    return [
        row.reference
        for row in write(engine, list_cases, actor=actor, now=NOW, filters=filters, **values).items
    ]


def test_a_desk_sees_its_own_cases_only(engine: Engine) -> None:
    here = queued(engine).case().reference
    there = queued(engine, prefecture="愛知県").case().reference
    nowhere = queued(engine, prefecture=None).case().reference

    assert listed(engine) == [here]
    assert listed(engine, person("t", AICHI)) == [there]
    assert set(listed(engine, BOTH)) == {here, there}
    assert listed(engine, person("n", "inpit-chizai-sogo-madoguchi")) == [nowhere]
    assert listed(engine, person("none", "no-such-place")) == []


def test_drafts_are_never_listed(engine: Engine) -> None:
    arrive(engine).amends(company="見本")

    assert listed(engine, filters=Filters(states=("draft",))) == []
    assert listed(engine, filters=Filters(states=())) == []


def test_the_urgent_come_first_then_who_waits_longest(engine: Engine) -> None:
    first = queued(engine, 0).case().reference
    second = queued(engine, 1).case().reference
    urgent = queued(
        engine,
        2,
        text="11月21日が期限の拒絶理由通知への対応を、急いで相談したいです",
        topic="patents",
    )
    assert urgent.case().rank == 0

    assert listed(engine) == [urgent.case().reference, first, second]


@pytest.mark.parametrize("sort", ["waiting", "recent", "due"])
def test_pages_together_are_the_whole_list_once(engine: Engine, sort: Any) -> None:
    for minute in range(7):
        queued(engine, minute, text="2026年9月1日発送の拒絶理由通知が届きました", topic="patents")
    whole = listed(engine, filters=Filters(sort=sort), limit=100)
    assert len(whole) == 7

    seen: list[str] = []
    cursor = None
    while True:
        page: Page = write(
            engine,
            list_cases,
            actor=SATO,
            now=NOW,
            filters=Filters(sort=sort),
            cursor=cursor,
            limit=3,
        )
        seen += [row.reference for row in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert seen == whole


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "WzEsMiwzXQ==", "e30=", "あ"])
def test_a_cursor_that_is_none_of_ours_is_refused(engine: Engine, cursor: str) -> None:
    with pytest.raises(InvalidInputError):
        listed(engine, cursor=cursor)


def test_a_search_finds_number_label_and_company(engine: Engine) -> None:
    guest = arrive(engine)
    guest.amends(company="株式会社見本製作所")
    reference = guest.asks().reference
    other = queued(engine).case().reference
    write(
        engine,
        labels.set_labels,
        reference=other,
        labels=["要確認 ", "展示会"],
        actor=SATO,
        now=NOW,
    )

    for words, found in (
        (reference, [reference]),
        (reference.lower(), [reference]),
        (reference[:6], [reference]),
        ("見本製作所", [reference]),
        ("（株）見本製作所", [reference]),
        ("展示会", [other]),
        ("店の名前", []),
        ("%", []),
    ):
        assert listed(engine, filters=Filters(q=words)) == found, words


def test_filters_narrow_the_list(engine: Engine) -> None:
    mine = queued(engine).case().reference
    free = queued(engine).case().reference
    write(engine, service.claim, reference=mine, actor=SATO, now=NOW)

    assert listed(engine, filters=Filters(assignee="sato")) == [mine]
    assert listed(engine, filters=Filters(states=("queued",))) == [free]
    assert listed(engine, filters=Filters(urgency="urgent")) == []
    assert listed(engine, filters=Filters(desk="jpaa")) == []
    assert listed(engine, filters=Filters(office=AICHI)) == []
    assert write(engine, inbox.counts, actor=SATO) == {"active": 1, "queued": 1}


def test_labels_are_few_and_short(engine: Engine) -> None:
    reference = queued(engine).case().reference
    told = {"reference": reference, "actor": SATO, "now": NOW}

    row = write(engine, labels.set_labels, labels=["あ", "あ", " い "], **told)
    assert row.labels == ("あ", "い")
    assert write(engine, labels.known_labels, actor=SATO) == ("あ", "い")
    for wrong in ([str(n) for n in range(11)], ["長" * 31]):
        with pytest.raises(InvalidInputError):
            write(engine, labels.set_labels, labels=wrong, **told)


def test_the_stamp_changes_with_every_message(engine: Engine) -> None:
    guest = queued(engine)
    before = write(engine, inbox.stamp)

    guest.says("もしもし")

    assert write(engine, inbox.stamp) != before
