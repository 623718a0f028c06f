"""In which order experts may be used, and that each choice says why."""

from dataclasses import replace

import pytest

from knowledge.desks.prefectures import find_prefecture, prefectures
from knowledge.experts.parties import party_hash, party_hashes
from knowledge.experts.rules import (
    BOUND_BY_LAW,
    PROFESSIONS,
    RINGS,
    Candidate,
    Wish,
    bound_to_secrecy,
    choose,
    need_for_expert,
    ring_of,
    unfit,
)
from knowledge.staff.actor import office_id
from knowledge.wording import say

DESK = "inpit-chizai-sogo-madoguchi"


def person(id_: str, place: str, **changes: object) -> Candidate:
    """A registered 弁理士 of a prefecture with time for trademarks."""
    found = find_prefecture(place)
    assert found is not None
    plain = Candidate(
        id=id_,
        profession="benrishi",
        topics=frozenset({"trademarks"}),
        prefecture=found.name,
        block=found.block,
        registered=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def wish(place: str, **changes: object) -> Wish:
    """The desk of a prefecture looks for somebody for trademarks."""
    found = find_prefecture(place)
    assert found is not None
    plain = Wish(
        office=office_id(DESK, found.jis),
        prefecture=found.name,
        block=found.block,
        topic="trademarks",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


HERE = wish("静岡")
IN_HOUSE = person("in-house", "静岡", in_house_office=office_id(DESK, "22"))
LOCAL = person("local", "静岡")
BLOCK = person("block", "東京")
FAR = person("far", "大阪")


@pytest.mark.parametrize(
    ("candidate", "ring"),
    [
        (IN_HOUSE, "in_house"),
        (LOCAL, "prefecture"),
        (BLOCK, "block"),
        (person("niigata", "新潟"), "block"),
        (person("nagano", "長野"), "block"),
        (person("aichi", "愛知"), "other"),
        (FAR, "other"),
        (person("okinawa", "沖縄"), "other"),
        (person("others' own", "東京", in_house_office=office_id(DESK, "13")), "block"),
    ],
)
def test_the_ring_is_seen_from_the_desk(candidate: Candidate, ring: str) -> None:
    assert ring_of(candidate, HERE) == ring


def test_somebody_of_the_house_comes_first() -> None:
    choice = choose([FAR, BLOCK, LOCAL, IN_HOUSE], HERE)

    assert [o.expert_id for o in choice.offers] == ["in-house"]
    assert choice.ring == "in_house"
    assert choice.passed_over == ()
    assert choice.offers[0].why == say("bookings.why_in_house")


def test_the_same_prefecture_comes_before_the_block() -> None:
    choice = choose([FAR, BLOCK, LOCAL], HERE)

    assert [(o.expert_id, o.ring) for o in choice.offers] == [("local", "prefecture")]
    assert [p.ring for p in choice.passed_over] == ["in_house"]


def test_all_suitable_experts_of_a_ring_are_offered_in_one_order() -> None:
    second = person("another", "静岡")

    assert [o.expert_id for o in choose([LOCAL, second], HERE).offers] == ["another", "local"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"registered": False}, "not_registered"),
        ({"profession": "bengoshi"}, "profession"),
        ({"topics": frozenset({"patents"})}, "topic"),
        ({"conflicts": party_hashes("見本商店")}, "conflict"),
        ({"has_time": False}, "no_time"),
    ],
)
def test_a_near_but_unsuitable_expert_does_not_block_the_next_ring(
    changes: dict[str, object], reason: str
) -> None:
    here = replace(
        HERE, professions=frozenset({"benrishi"}), parties=party_hashes("株式会社見本商店")
    )
    near = replace(LOCAL, **changes)  # type: ignore[arg-type]

    choice = choose([near, BLOCK, FAR], here)

    assert unfit(near, here) == reason
    assert [(o.expert_id, o.ring) for o in choice.offers] == [("block", "block")]
    passed = {p.ring: p.why for p in choice.passed_over}
    assert say(f"bookings.unfit_{reason}") in passed["prefecture"]
    assert passed["prefecture"] in choice.offers[0].why


def test_other_blocks_only_when_nobody_nearer_is_suitable() -> None:
    choice = choose([FAR], HERE)

    assert choice.ring == "other"
    assert [p.ring for p in choice.passed_over] == ["in_house", "prefecture", "block"]
    assert choice.offers[0].why.startswith(say("bookings.why_other"))


def test_nobody_at_all_is_an_answer_with_reasons() -> None:
    choice = choose([replace(FAR, has_time=False)], HERE)

    assert choice.offers == ()
    assert choice.ring is None
    assert [p.ring for p in choice.passed_over] == list(RINGS)


def test_the_second_ring_of_okinawa_is_empty_and_that_is_said() -> None:
    here = wish("沖縄")
    others = [person(p.jis, p.name) for p in prefectures() if p.name != "沖縄県"]

    choice = choose(others, here)

    assert {o.ring for o in choice.offers} == {"other"}
    assert len(choice.offers) == 46
    passed = {p.ring: p.why for p in choice.passed_over}
    assert passed["block"] == say("bookings.passed_no_block", prefecture="沖縄県")


def test_two_people_of_okinawa_meet_in_their_prefecture() -> None:
    assert choose([person("okinawa", "沖縄")], wish("沖縄")).ring == "prefecture"


def test_a_conflict_is_found_by_hash_and_named_by_nobody() -> None:
    against = replace(LOCAL, conflicts=frozenset({party_hash("㈱ 見本商店")}))
    here = replace(HERE, parties=party_hashes("株式会社 見本商店", ""))

    choice = choose([against, BLOCK], here)

    told = "".join((*(o.why for o in choice.offers), *(p.why for p in choice.passed_over)))
    assert choice.ring == "block"
    assert "見本商店" not in told
    assert "利益相反" not in told


def test_a_conflict_weighs_more_than_being_of_the_house() -> None:
    own = replace(IN_HOUSE, conflicts=party_hashes("見本商店"))

    assert (
        choose([own, LOCAL], replace(HERE, parties=party_hashes("見本商店"))).ring == "prefecture"
    )


def test_staff_of_the_house_need_no_registration() -> None:
    assert choose([replace(IN_HOUSE, registered=False)], HERE).ring == "in_house"


def test_without_a_topic_or_profession_everybody_fits() -> None:
    assert unfit(replace(LOCAL, topics=frozenset()), replace(HERE, topic=None)) is None


@pytest.mark.parametrize(
    ("heard", "advanced", "specialised", "missing"),
    [
        (True, True, True, 0),
        (True, True, False, 1),
        (True, False, True, 1),
        (False, True, True, 1),
        (False, False, False, 3),
    ],
)
def test_an_expert_is_used_for_what_is_advanced_and_specialised_and_was_heard(
    *, heard: bool, advanced: bool, specialised: bool, missing: int
) -> None:
    need = need_for_expert(heard=heard, advanced=advanced, specialised=specialised)

    assert need.needed is (missing == 0)
    assert len(need.missing) == missing


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_only_two_professions_are_bound_by_law(profession: str) -> None:
    by_law = profession in {"benrishi", "bengoshi"}

    assert (profession in BOUND_BY_LAW) is by_law
    assert bound_to_secrecy(profession=profession, agreement_recorded=False) is by_law
    assert bound_to_secrecy(profession=profession, agreement_recorded=True)


def test_spellings_of_a_company_have_one_hash_and_other_companies_another() -> None:
    spellings = ("株式会社見本製作所", "㈱見本製作所", "見本製作所（株）", " 見本 製作所 ")

    assert len({party_hash(name) for name in spellings}) == 1
    assert party_hash("見本製作") != party_hash("見本製作所")
    assert party_hash("株式会社") == ""
