"""Canned texts, drafts, merging, waits and the survey."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.cases.models import SurveyAnswer
from knowledge.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.handoffs import canned, drafts, files, merging, queue, service
from tests.support.desk import arrive, write
from tests.support.staff import AICHI, OPEN_MOMENT, SHIZUOKA, person

NOW = OPEN_MOMENT
SATO = person(name="見本 佐藤")
CHIEF = person("chief", roles=("staff", "manager"))


def test_a_canned_text_fills_its_blanks(engine: Engine) -> None:
    guest = arrive(engine)
    guest.amends(company="見本製作所")
    reference = guest.asks().reference
    body = "{会社} {お名前}様、{窓口}の{担当}です。受付番号は{受付番号}、{話題}の件です（{今日}）。"
    text = write(engine, canned.put, title="あいさつ", body=body, actor=CHIEF, now=NOW)
    file = write(engine, files.read, reference=reference, actor=SATO, now=NOW)

    (found,) = write(engine, canned.texts, actor=SATO)

    assert found == text
    assert canned.fill(found.body, file, SATO, NOW) == (
        f"見本製作所 ＿＿様、INPIT静岡県知財総合支援窓口の見本 佐藤です。受付番号は{reference}、"
        "商標・ブランドの件です（2026年11月20日（金））。"
    )


@pytest.mark.parametrize(
    ("title", "body"), [("", "a"), ("a", ""), ("a", "{秘密}"), ("a", "あ" * 3001)]
)
def test_a_canned_text_that_cannot_work_is_refused(engine: Engine, title: str, body: str) -> None:
    with pytest.raises(InvalidInputError):
        write(engine, canned.put, title=title, body=body, actor=CHIEF, now=NOW)


def test_managers_write_canned_texts_of_their_places(engine: Engine) -> None:
    text = write(engine, canned.put, title="a", body="b", office=SHIZUOKA, actor=CHIEF, now=NOW)

    for actor, office in ((SATO, ""), (SATO, SHIZUOKA), (CHIEF, AICHI)):
        with pytest.raises(NotAllowedError):
            write(engine, canned.put, title="x", body="y", office=office, actor=actor, now=NOW)
    with pytest.raises(NotAllowedError):
        write(engine, canned.remove, id_=text.id, actor=SATO, now=NOW)
    assert write(engine, canned.texts, actor=person("t", AICHI)) == ()
    write(engine, canned.remove, id_=text.id, actor=CHIEF, now=NOW)
    with pytest.raises(NotFoundError):
        write(engine, canned.remove, id_=text.id, actor=CHIEF, now=NOW)


def test_a_draft_is_kept_for_its_writer_until_it_is_sent(engine: Engine) -> None:
    reference = arrive(engine).asks().reference
    told: dict[str, Any] = {"reference": reference, "actor": SATO, "now": NOW}
    write(engine, service.claim, **told)

    write(engine, drafts.save_draft, text="途中まで", **told)
    assert write(engine, files.read, **told).draft == "途中まで"
    assert write(engine, files.read, **(told | {"actor": CHIEF})).draft == ""
    write(engine, service.say_to_visitor, text="途中まで書きました", **told)
    assert write(engine, files.read, **told).draft == ""
    write(engine, drafts.save_draft, text="  ", **told)
    assert write(engine, files.read, **told).draft == ""


def test_a_merged_case_points_to_the_one_that_goes_on(engine: Engine) -> None:
    first, second = arrive(engine), arrive(engine)
    one, other = first.asks().reference, second.asks().reference
    write(engine, service.note, reference=one, text="先のメモ", actor=SATO, now=NOW)

    row = write(engine, merging.merge, reference=one, into=other, actor=SATO, now=NOW)

    assert row.reference == other
    assert (first.case().state, first.case().merged_into) == ("merged", other)
    assert other in first.words()
    notes = write(engine, files.read, reference=other, actor=SATO, now=NOW).notes
    assert [n.text for n in notes] == ["先のメモ"]
    for pair in ((one, other), (other, other)):
        with pytest.raises(ConflictError):
            write(engine, merging.merge, reference=pair[0], into=pair[1], actor=SATO, now=NOW)


def test_a_case_of_another_office_is_not_merged(engine: Engine) -> None:
    one = arrive(engine).asks().reference
    other = arrive(engine, prefecture="愛知県").asks().reference

    for pair in ((one, other), (other, one), (one, "K26-22222-2")):
        with pytest.raises(NotFoundError):
            write(engine, merging.merge, reference=pair[0], into=pair[1], actor=SATO, now=NOW)


def test_a_wait_is_told_only_where_enough_are_known(engine: Engine) -> None:
    for minutes in (10, 20, 30, 40):
        reference = arrive(engine).asks().reference
        then = NOW + timedelta(minutes=minutes)
        write(engine, service.claim, reference=reference, actor=SATO, now=then)
    later = NOW + timedelta(hours=1)
    assert write(engine, queue.wait_minutes, office=SHIZUOKA, now=later) is None

    reference = arrive(engine).asks().reference
    then = NOW + timedelta(minutes=50)
    write(engine, service.claim, reference=reference, actor=SATO, now=then)

    assert write(engine, queue.wait_minutes, office=SHIZUOKA, now=later) == 30
    assert write(engine, queue.wait_minutes, office=AICHI, now=later) is None
    assert write(engine, queue.wait_minutes, office=SHIZUOKA, now=NOW + timedelta(days=31)) is None


def test_the_wait_of_a_lunch_break_does_not_count(engine: Engine) -> None:
    guest = arrive(engine, now=NOW.replace(hour=11, minute=55))
    reference = guest.asks().reference

    then = NOW.replace(hour=13, minute=5)
    write(engine, service.claim, reference=reference, actor=SATO, now=then)

    events = write(engine, files.read, reference=reference, actor=SATO, now=then).events
    assert events[-1].detail["waited"] == 600


def test_the_latest_answer_to_the_survey_counts(engine: Engine) -> None:
    guest = arrive(engine)
    reference = guest.asks().reference
    write(engine, service.claim, reference=reference, actor=SATO, now=NOW)
    write(engine, service.close, reference=reference, outcome="answered", actor=SATO, now=NOW)
    assert guest.case().survey == "invited"
    offered = {
        c["label"]: c["id"]
        for p in guest.sees()[-1].parts
        if p["type"] == "choices"
        for c in p["choices"]
    }

    guest.picks(offered["役に立った"])
    guest.picks(offered["役に立たなかった"])

    with Session(engine) as session:
        assert [a.answer for a in session.exec(select(SurveyAnswer))] == ["not_helped"]
    assert guest.case().survey == "answered"
    assert guest.case().state == "closed"
